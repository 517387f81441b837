/** Parses the arguments of `tapline dbt`: dbt's command, the options of this plugin, and paths. Pure. */
import { isAbsolute, join, resolve } from "node:path";

export interface DbtArguments {
  /** "build", "source", …; "" for none. */
  command: string;
  /** The arguments for dbt, without those of this plugin and with absolute paths. */
  args: string[];
  /** `--full`: run everything, whatever the setting `select` is. */
  full: boolean;
  /** Whether the arguments select nodes. */
  isSelected: boolean;
  /** Where dbt writes its results. */
  targetPath: string;
}

const commands = new Set(
  "build clean clone compile debug deps docs init list ls parse retry run run-operation seed show snapshot source test".split(" "),
);
const selecting = /^(?:-s|-m|--(?:select|models?|selector|resource-types?))(?:=|$)/;
/** dbt changes into its project folder, so paths relative to the user's folder are made absolute. */
const paths = /^(--state|--defer-state|--target-path|--log-path)(?:=(.*))?$/s;

export function readArguments(args: readonly string[], { folder, projectDir }: { folder: string; projectDir: string }): DbtArguments {
  const dbtArgs: string[] = [];
  let targetPath = join(projectDir, "target");
  for (let at = 0; at < args.length; at++) {
    const word = args[at] as string;
    if (word === "--full") continue;
    const [, option, value = args[at + 1]] = paths.exec(word) ?? [];
    if (option === undefined || value === undefined) {
      dbtArgs.push(word);
      continue;
    }
    if (!word.includes("=")) at++;
    const path = isAbsolute(value) ? value : resolve(folder, value);
    if (option === "--target-path") targetPath = path;
    dbtArgs.push(option, path);
  }
  return {
    command: args.find((word) => commands.has(word)) ?? "",
    args: dbtArgs,
    full: args.includes("--full"),
    isSelected: args.some((word) => selecting.test(word)),
    targetPath,
  };
}

/** Options of `build` that `test` does not have: first those without a value, then those with one. */
const buildFlags = new Set(
  "-f --full-refresh --empty --no-empty --show --export-saved-queries --no-export-saved-queries --include-saved-query --no-include-saved-query".split(
    " ",
  ),
);
const buildValues = new Set(["--sample", "--event-time-start", "--event-time-end"]);

/** The arguments that test what a `build` with these arguments makes. */
export function testArguments(buildArgs: readonly string[]): string[] {
  const tests: string[] = [];
  const command = buildArgs.indexOf("build");
  for (let at = 0; at < buildArgs.length; at++) {
    const word = buildArgs[at] as string;
    const [option = ""] = word.split("=", 1);
    if (buildValues.has(option) && !word.includes("=")) at++;
    if (!buildFlags.has(option) && !buildValues.has(option)) tests.push(at === command ? "test" : word);
  }
  return tests;
}
