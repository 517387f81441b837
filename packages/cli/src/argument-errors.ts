/** Mistakes in arguments and flags, which oclif finds, as errors of ours: one line with what was meant, and no page of usage. */
import { readFileSync } from "node:fs";
import { Errors } from "@oclif/core";
import { didYouMean, type TaplineError } from "@tapline/protocol";
import { usage } from "./usage.ts";

/** What oclif's errors of parsing have, none of which it exports. */
interface ParseError extends Error {
  parse: { input?: { flags?: Record<string, unknown> } };
  /** Unknown flags, with their dashes. */
  flags?: string[];
  /** Unexpected words, or the definitions of missing arguments. */
  args?: (string | { name: string; description?: string })[];
}

/** undefined: it is another error. `words` are all words after "tapline". */
export function argumentError(error: unknown, words: readonly string[]): TaplineError | undefined {
  if (!(error instanceof Errors.CLIError)) return undefined;
  const command = commandIn(words);
  const value = /^Parsing (--\S+)\s+(.+)/.exec(error.message);
  if (value !== null) return usage.arguments_invalid({ command, reason: `${value[1]}: ${value[2]}` });
  if (!("parse" in error)) return undefined;
  const { parse, flags: [flag] = [], args: [arg] = [], message } = error as unknown as ParseError;
  if (flag !== undefined) {
    const known = Object.keys(parse.input?.flags ?? {}).map((name) => `--${name}`);
    return usage.flag_unknown({ command, flag, meant: didYouMean(flag, known) });
  }
  if (typeof arg === "string") return usage.argument_unexpected({ command, argument: arg });
  if (arg !== undefined) return usage.argument_missing({ command, name: arg.name, description: arg.description ?? "" });
  const [first = "", ...more] = message.split("\n").filter((line) => line !== "" && !line.startsWith("See more help"));
  // Of several lines, the first only announces the others.
  return usage.arguments_invalid({ command, reason: (more.length > 0 ? more : [first]).map((line) => line.trim()).join("; ") });
}

/** "state list" of `state list --jsn`: the longest beginning that has a help page. */
function commandIn(words: readonly string[]): string {
  const pages = Object.keys(JSON.parse(readFileSync(new URL("../help.json", import.meta.url), "utf8")) as object);
  const lengths = [3, 2, 1].filter((length) => pages.includes(words.slice(0, length).join(" ")));
  return ["tapline", ...words.slice(0, lengths[0] ?? 0)].join(" ");
}
