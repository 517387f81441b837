/** The commands of a utility, such as `dbt-postgres:run`. Pure. */
import { isObject } from "@tapline/protocol";

export type CommandWords = Record<string, readonly string[]>;

/** `programs`: plugins of their own, for commands that run another program. */
export function commandsOf(
  plugin: string,
  commands: unknown,
  expand: (text: string) => string,
): { commands: CommandWords; programs: Record<string, string> } {
  const words: CommandWords = {};
  const programs: Record<string, string> = {};
  for (const [name, command] of Object.entries(isObject(commands) ? commands : {})) {
    const args = typeof command === "string" ? command : isObject(command) && typeof command.args === "string" ? command.args : "";
    const executable = isObject(command) && typeof command.executable === "string" ? command.executable : undefined;
    const program = executable === undefined ? plugin : `${plugin}-${name}`.replaceAll(/[^\w.-]/g, "_");
    if (executable !== undefined) programs[program] = executable;
    words[`${plugin}:${name}`] = [
      program,
      ...splitWords(args)
        .map(expand)
        .filter((word) => word !== ""),
    ];
  }
  return { commands: words, programs };
}

/** As a shell splits words: quotes keep spaces, a backslash keeps what follows. */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string;
    if (quote === undefined && /\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (char === quote) quote = undefined;
    else if (quote === undefined && (char === '"' || char === "'")) {
      quote = char;
      word ??= "";
    } else if (char === "\\" && quote !== "'" && at + 1 < text.length && text[at + 1] !== "$") {
      at++;
      word = (word ?? "") + text[at];
    } else word = (word ?? "") + char;
  }
  return word === undefined ? words : [...words, word];
}
