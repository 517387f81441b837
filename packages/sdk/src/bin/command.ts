/** Commands of a plugin for people, besides the Singer protocol, such as `tap-csv inspect FILE`. */
import type { TaplineError } from "@tapline/protocol";
import { errors } from "../errors.ts";

export interface Command {
  /** The first argument. */
  name: string;
  /** The arguments that follow, for the help: "FILE... [--format json]". */
  usage: string;
  /** One sentence. */
  description: string;
  /** `args` are the arguments after the name. A command needs no config. @throws `context.usage(…)` for arguments it can't use */
  run(args: readonly string[], context: CommandContext): Promise<void>;
}

export interface CommandContext {
  /** Writes the whole text to standard output. */
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

/** Runs the command that the first argument names; false when it names none. */
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

/** The commands' part of the plugin's help; "" for plugins without commands. */
export function commandsHelp({ name, commands = [] }: Plugin): string {
  if (commands.length === 0) return "";
  const lines = commands.map((command) => `  ${name} ${command.name} ${command.usage}\n      ${command.description}\n`);
  return `\nCommands:\n${lines.join("")}`;
}
