/** What may come next on a command line, for the TAB key. Pure. */

export interface CompletableCommand {
  /** Words of the command, such as ["config", "list"]. */
  words: readonly string[];
  flags: readonly CompletableFlag[];
}

export interface CompletableFlag {
  name: string;
  char?: string | undefined;
  takesValue: boolean;
}

export interface Names {
  plugins: readonly string[];
  taps: readonly string[];
  targets: readonly string[];
  jobs: readonly string[];
  environments: readonly string[];
}

/** `typed` are the words after `tapline`; the last of them ("" when it has not begun) is the one to complete. */
export function complete(typed: readonly string[], commands: readonly CompletableCommand[], names: Names): string[] {
  const [before, current] = [typed.slice(0, -1), typed.at(-1) ?? ""];
  const command = commandOf(before, commands);
  const options =
    command === undefined ? nextWords(before, commands) : inCommand(command, before.slice(command.words.length), current, names);
  return [...new Set(options)].filter((option) => option.startsWith(current)).sort();
}

/** The longest command the words begin with. */
function commandOf(typed: readonly string[], commands: readonly CompletableCommand[]): CompletableCommand | undefined {
  const matching = commands.filter(({ words }) => words.length <= typed.length && words.every((word, index) => word === typed[index]));
  return matching.sort((a, b) => b.words.length - a.words.length)[0];
}

function nextWords(typed: readonly string[], commands: readonly CompletableCommand[]): string[] {
  const below = commands.filter(({ words }) => words.length > typed.length && typed.every((word, index) => word === words[index]));
  return below.map(({ words }) => words[typed.length] as string);
}

function inCommand({ words, flags }: CompletableCommand, typed: readonly string[], current: string, names: Names): string[] {
  const flagOf = (word: string | undefined): CompletableFlag | undefined =>
    flags.find(({ name, char }) => word === `--${name}` || (char !== undefined && word === `-${char}`));
  const open = flagOf(typed.at(-1));
  if (open?.takesValue) return open.name === "environment" ? [...names.environments] : open.name === "target" ? [...names.targets] : [];
  if (current.startsWith("-")) return flags.filter(({ name }) => !typed.includes(`--${name}`)).map(({ name }) => `--${name}`);
  const given = typed.filter((word, index) => !word.startsWith("-") && !flagOf(typed[index - 1])?.takesValue);
  return namesFor(words, given, names);
}

function namesFor(words: readonly string[], given: readonly string[], names: Names): string[] {
  const [topic] = words;
  if (topic === "run")
    return given.length === 0 ? [...names.jobs, ...names.taps] : names.taps.includes(given[0] ?? "") ? [...names.targets] : [];
  if (given.length > 0) return [];
  if (topic === "discover" || topic === "select") return [...names.taps];
  return ["about", "config", "invoke", "rejects", "remove", "install", "upgrade"].includes(topic ?? "") ? [...names.plugins] : [];
}
