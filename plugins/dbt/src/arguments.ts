/** The words behind `tapline dbt`, told apart: what dbt is to do, what is ours, and where paths lead. Pure. */
import { isAbsolute, join, resolve } from "node:path";

export interface DbtWords {
  /** "build", "source", …; "" where none was named. */
  command: string;
  /** For dbt, without ours and with absolute paths. */
  words: string[];
  /** Everything, whatever the setting `select` says. */
  full: boolean;
  /** The user said which nodes. */
  isSelected: boolean;
  /** Where dbt writes what it did. */
  targetPath: string;
}

const commands = new Set(
  "build clean clone compile debug deps docs init list ls parse retry run run-operation seed show snapshot source test".split(" "),
);
const selecting = /^(?:-s|-m|--(?:select|models?|selector|resource-types?))(?:=|$)/;
/** dbt changes into its project, so what is relative to where the user is must not stay so. */
const paths = /^(--state|--defer-state|--target-path|--log-path)(?:=(.*))?$/s;

export function readWords(args: readonly string[], { folder, projectDir }: { folder: string; projectDir: string }): DbtWords {
  const words: string[] = [];
  let targetPath = join(projectDir, "target");
  for (let at = 0; at < args.length; at++) {
    const word = args[at] as string;
    if (word === "--full") continue;
    const [, option, value = args[at + 1]] = paths.exec(word) ?? [];
    if (option === undefined || value === undefined) {
      words.push(word);
      continue;
    }
    if (!word.includes("=")) at++;
    const path = isAbsolute(value) ? value : resolve(folder, value);
    if (option === "--target-path") targetPath = path;
    words.push(option, path);
  }
  return {
    command: args.find((word) => commands.has(word)) ?? "",
    words,
    full: args.includes("--full"),
    isSelected: args.some((word) => selecting.test(word)),
    targetPath,
  };
}

/** Options of `build` that `test` does not have; those with a value of their own. */
const buildFlags = new Set(
  "-f --full-refresh --empty --no-empty --show --export-saved-queries --no-export-saved-queries --include-saved-query --no-include-saved-query".split(
    " ",
  ),
);
const buildValues = new Set(["--sample", "--event-time-start", "--event-time-end"]);

/** What runs the tests of what these words of a `build` make. */
export function testsBehind(words: readonly string[]): string[] {
  const tests: string[] = [];
  const command = words.indexOf("build");
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string;
    const [option = ""] = word.split("=", 1);
    if (buildValues.has(option) && !word.includes("=")) at++;
    if (!buildFlags.has(option) && !buildValues.has(option)) tests.push(at === command ? "test" : word);
  }
  return tests;
}
