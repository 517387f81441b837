/** Prints the help of every command, and oclif's manifest of the commands, as JSON. `npm run generate` writes both to files. */
import { fileURLToPath } from "node:url";
import { Config, Help, settings } from "@oclif/core";

class Collected extends Help {
  readonly lines: string[] = [];

  override log(...texts: string[]): void {
    this.lines.push(texts.join(" "));
  }

  take(): string {
    return `${this.lines.splice(0).join("\n").trimEnd()}\n`;
  }
}

settings.enableAutoTranspile = false;
const root = fileURLToPath(new URL("..", import.meta.url));
const config = await Config.load({ root, ignoreManifest: true });
const help = new Collected(config, { stripAnsi: true, maxWidth: 80 });
const texts: Record<string, string> = {};
const topics = ["", ...config.topics.filter(({ hidden }) => hidden !== true).map(({ name }) => name), ...config.commandIDs];
for (const topic of [...new Set(topics)].sort()) {
  await help.showHelp(topic === "" ? [] : topic.split(":"));
  texts[topic.replaceAll(":", " ")] = help.take().replaceAll(config.userAgent, "{version}");
}
// Not part of the public interface: what `oclif manifest` writes.
const { manifest } = config.plugins.get(config.name) as unknown as { manifest: { commands: Record<string, Record<string, unknown>> } };
process.stdout.write(JSON.stringify({ help: texts, manifest: { ...manifest, commands: sorted(manifest.commands) } }));

function sorted<T>(from: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(from).sort(([a], [b]) => (a < b ? -1 : 1)));
}
