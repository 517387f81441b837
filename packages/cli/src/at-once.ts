/**
 * Answers `--version`, help, `state list`, and `run` as schedulers call it (without flags, or with a request) without oclif; the first three also without the
 * form of tapline.yml. Those take longer to load (100 and 90 ms) than Node takes to start. Everything else is left to oclif, which gives
 * the same answers.
 */
import { readFileSync } from "node:fs";
import { wrap } from "@tapline/protocol/text";
import type { JobRequest } from "@tapline/runner";
import { columnsOf } from "./terminal.ts";

/** Whether the question was answered. */
export async function answerAtOnce(words: readonly string[]): Promise<boolean> {
  if (words.length === 1 && (words[0] === "--version" || words[0] === "-v")) return print(versionText());
  const topic = helpTopic(words);
  if (topic !== undefined) {
    const text = readJson<Record<string, string>>("../help.json")?.[topic];
    return text !== undefined && print(forTerminal(text.replaceAll("{version}", versionText().trimEnd())));
  }
  if (words[0] === "run" && words.length > 1 && words.every((word) => /^[\w.-]+$/.test(word) && !word.startsWith("-"))) {
    await runAtOnce(async () => ({ words: words.slice(1) }), false);
    return true;
  }
  if (words[0] === "run" && words[1] === "--request" && words.length === (words[3] === "--json" ? 4 : 3)) {
    await runAtOnce(async () => (await import("./job-request.ts")).readRequest(words[2] as string), words[3] === "--json");
    return true;
  }
  if (words[0] !== "state" || words[1] !== "list") return false;
  const json = words[2] === "--json";
  if (words.length > (json ? 3 : 2)) return false;
  const { statesOfPlainProject } = await import("@tapline/runner/states");
  // oclif's way meets the same error and reports it.
  const states = await statesOfPlainProject(process.cwd()).catch(() => undefined);
  if (states === undefined) return false;
  const { describeStates } = await import("./views/states-text.ts");
  return print(describeStates(states, json, columnsOf(process.stdout)));
}

async function runAtOnce(request: () => Promise<JobRequest>, json: boolean): Promise<void> {
  const [{ conclude }, { runRequest }] = await Promise.all([import("./outcome.ts"), import("./run-request.ts")]);
  await conclude(async () => runRequest({ request: await request(), json }), { json });
}

/** "run" for `run --help`; "" for help on everything. */
function helpTopic(words: readonly string[]): string | undefined {
  if (words.length === 0) return "";
  if (words[0] === "help") return words.slice(1).join(" ");
  return words.at(-1) === "--help" ? words.slice(0, -1).join(" ") : undefined;
}

/** A command stays in one piece, so that it can be copied. */
function forTerminal(text: string): string {
  const columns = columnsOf(process.stdout);
  return text
    .split("\n")
    .flatMap((line) => (line === "" || line.startsWith("  $") ? line : wrap(line, columns)))
    .join("\n");
}

function versionText(): string {
  const version = readJson<{ version: string }>("../package.json")?.version;
  return `tapline/${version} ${process.platform}-${process.arch} node-${process.version}\n`;
}

function readJson<T>(path: string): T | undefined {
  try {
    return JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8")) as T;
  } catch {
    return undefined;
  }
}

function print(text: string): true {
  process.stdout.write(text);
  return true;
}
