/** Commands of a plugin's own, for people: what it answers beside the Singer protocol, such as `tap-csv inspect FILE`. */
import type { TaplineError } from "@tapline/protocol";
import { errors } from "../errors.ts";

export interface Command {
  /** The first word behind the plugin's name. */
  name: string;
  /** What follows it, for the help: "FILE... [--format json]". */
  usage: string;
  /** One sentence. */
  description: string;
  /** Gets the words behind the name. It needs no config. @throws `context.usage(…)` for words that make no sense */
  run(args: readonly string[], context: CommandContext): Promise<void>;
}

export interface CommandContext {
  /** Whole, to standard output. */
  print(text: string): void;
  log(level: "info" | "warning", message: string): void;
  usage(reason: string): TaplineError;
  /** Aborted by SIGTERM or SIGINT. */
  signal: AbortSignal;
}

interface Plugin {
  name: string;
  commands?: readonly Command[] | undefined;
}

/** Runs the command that the first word names; false when it names none. */
export async function runCommand(plugin: Plugin, argv: readonly string[], context: Omit<CommandContext, "usage">): Promise<boolean> {
  const command = plugin.commands?.find(({ name }) => name === argv[0]);
  if (command === undefined) return false;
  const args = argv.slice(1);
  if (args.includes("--help") || args.includes("-h")) {
    context.print(`${command.description}\n\nUsage: ${plugin.name} ${command.name} ${command.usage}\n`);
    return true;
  }
  const usage = (reason: string): TaplineError => errors.usage({ plugin: `${plugin.name} ${command.name}`, reason });
  await command.run(args, { ...context, usage });
  return true;
}

/** A part of the plugin's help; nothing for plugins without commands. */
export function commandsHelp({ name, commands = [] }: Plugin): string {
  if (commands.length === 0) return "";
  const lines = commands.map((command) => `  ${name} ${command.name} ${command.usage}\n      ${command.description}\n`);
  return `\nCommands:\n${lines.join("")}`;
}
