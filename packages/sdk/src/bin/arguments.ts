/** The command line every plugin shares, as Singer has it. Parsed by `node:util`; this file only gives it its words. */
import { parseArgs } from "node:util";
import { errors } from "../errors.ts";
import { type Command, commandsHelp } from "./command.ts";

export interface Arguments {
  config: string[];
  catalog?: string | undefined;
  state?: string | undefined;
  discover: boolean;
  test: boolean;
  about: boolean;
  /** Of targets: the state id whose last committed state is asked for. */
  lastState?: string | undefined;
  format: "json" | "markdown" | "text";
  version: boolean;
  help: boolean;
}

const common = {
  config: { type: "string", short: "c", multiple: true },
  about: { type: "boolean" },
  format: { type: "string" },
  version: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

const forTaps = {
  catalog: { type: "string" },
  properties: { type: "string", short: "p" },
  state: { type: "string", short: "s" },
  discover: { type: "boolean", short: "d" },
  test: { type: "boolean" },
} as const;

const forTargets = { "last-state": { type: "string" } } as const;

/** @throws usage */
export function readArguments(plugin: string, kind: "tap" | "target", argv: readonly string[]): Arguments {
  const values = parse(plugin, kind, argv);
  const format = values.format ?? "text";
  if (format !== "json" && format !== "markdown" && format !== "text")
    throw errors.usage({ plugin, reason: `--format is json, markdown or text, not ${format}` });
  return {
    config: values.config ?? [],
    catalog: values.catalog ?? values.properties,
    state: values.state,
    discover: values.discover ?? false,
    test: values.test ?? false,
    about: values.about ?? false,
    lastState: values["last-state"],
    format,
    version: values.version ?? false,
    help: values.help ?? false,
  };
}

function parse(plugin: string, kind: "tap" | "target", argv: readonly string[]) {
  try {
    const all = { ...common, ...forTaps, ...forTargets };
    const options = (kind === "tap" ? { ...common, ...forTaps } : { ...common, ...forTargets }) as typeof all;
    return parseArgs({ args: [...argv], options, strict: true }).values;
  } catch (error) {
    throw errors.usage({ plugin, reason: (error as Error).message.split("\n")[0] as string });
  }
}

export function helpText(
  plugin: { name: string; description: string; commands?: readonly Command[] | undefined },
  kind: "tap" | "target",
): string {
  const { name, description } = plugin;
  const other =
    kind === "tap"
      ? `${name} --config tap.json | target-duckdb --config target.json`
      : `tap-csv --config tap.json | ${name} --config target.json > state.json`;
  const tapOptions = `  -d, --discover         Print the catalog: what streams and columns there are
      --catalog FILE     Read only what this catalog selects (also --properties)
  -s, --state FILE       Go on from this state
      --test             Read the first rows of every stream, to see whether it works
`;
  const targetOptions = `      --last-state ID    Print the state of the last commit under this state id, where a ledger is kept
`;
  const tapExamples = `  ${name} --config tap.json --discover > catalog.json
  ${name} --config tap.json --catalog catalog.json --state state.json
`;
  return `${description}

Usage: ${name} --config FILE [options]

Options:
  -c, --config FILE      A JSON file of settings; give it again to set more (later over earlier).
                         ENV takes ${name.toUpperCase().replaceAll("-", "_")}_… from the environment and .env
${kind === "tap" ? tapOptions : targetOptions}      --about            Tell the settings; with --format json or markdown
      --version          Print the version
  -h, --help             Print this
${commandsHelp(plugin)}
Examples:
  ${other}
${kind === "tap" ? tapExamples : ""}  ${name} --about --format markdown
`;
}
