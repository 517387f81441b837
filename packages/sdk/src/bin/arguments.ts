/** The command line of all plugins, as Singer defines it: its options, their parsing, and the help text. */
import { parseArgs } from "node:util";
import { capabilities, hasCapability, type RejectVerb, rejectVerbs } from "@tapline/protocol";
import { errors } from "../errors.ts";
import { type Command, commandsHelp } from "./command.ts";

export type PluginKind = "tap" | "target" | "mapper";

export interface Arguments {
  config: string[];
  catalog?: string | undefined;
  state?: string | undefined;
  discover: boolean;
  test: boolean;
  /** Of taps: print the files that would be read. */
  files: boolean;
  /** Of taps: the file that names the streams to tell of what their source has beside rows. */
  inventory?: string | undefined;
  /** Of taps: hold a snapshot of the source until standard input ends. */
  snapshot: boolean;
  about: boolean;
  /** Of targets: print the last committed state of this state id. */
  lastState?: string | undefined;
  /** Of targets: the file with the query whose rows to print. */
  query?: string | undefined;
  /** Of targets: the file with the checks to run. */
  check?: string | undefined;
  /** The file with the question about tables whose answer to print. */
  digest?: string | undefined;
  /** The file with the question which rows to print as texts. */
  rows?: string | undefined;
  /** Of targets: the file with the renames of schemas to plan, apply or undo. */
  cutover?: string | undefined;
  /** Of targets: the file with the database for a trial to make or drop. */
  scratch?: string | undefined;
  /** List, show, replay or discard the rejected rows that the plugin keeps; `streams` and `ids` restrict which. */
  rejects?: RejectVerb | undefined;
  streams: string[];
  ids: string[];
  format: "json" | "markdown" | "text";
  /** Whether a terminal shows details too. */
  verbose: boolean;
  version: boolean;
  help: boolean;
}

/** Those of mappers too. */
const forAll = {
  config: { type: "string", short: "c", multiple: true },
  about: { type: "boolean" },
  format: { type: "string" },
  verbose: { type: "boolean", short: "v" },
  version: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

const common = {
  ...forAll,
  rejects: { type: "string" },
  digest: { type: "string" },
  rows: { type: "string" },
  stream: { type: "string", multiple: true },
  test: { type: "boolean" },
  id: { type: "string", multiple: true },
} as const;

const forTaps = {
  catalog: { type: "string" },
  properties: { type: "string", short: "p" },
  state: { type: "string", short: "s" },
  discover: { type: "boolean", short: "d" },
  files: { type: "boolean" },
  inventory: { type: "string" },
  snapshot: { type: "boolean" },
} as const;

const forTargets = {
  "last-state": { type: "string" },
  query: { type: "string" },
  check: { type: "string" },
  cutover: { type: "string" },
  scratch: { type: "string" },
} as const;

/** @throws usage */
export function readArguments(plugin: string, kind: PluginKind, argv: readonly string[]): Arguments {
  const values = parse(plugin, kind, argv);
  const format = values.format ?? "text";
  if (format !== "json" && format !== "markdown" && format !== "text")
    throw errors.usage({ plugin, reason: `--format is json, markdown or text, not ${format}` });
  const { rejects, stream: streams = [], id: ids = [] } = values;
  if (rejects !== undefined && !isRejectVerb(rejects))
    throw errors.usage({ plugin, reason: `--rejects is ${rejectVerbs.join(", ")}, not ${rejects}` });
  if (rejects === undefined && streams.length + ids.length > 0)
    throw errors.usage({ plugin, reason: "--stream and --id select rejected rows, so they need --rejects" });
  return {
    config: values.config ?? [],
    catalog: values.catalog ?? values.properties,
    state: values.state,
    discover: values.discover ?? false,
    test: values.test ?? false,
    files: values.files ?? false,
    inventory: values.inventory,
    snapshot: values.snapshot ?? false,
    about: values.about ?? false,
    lastState: values["last-state"],
    query: values.query,
    check: values.check,
    digest: values.digest,
    rows: values.rows,
    cutover: values.cutover,
    scratch: values.scratch,
    rejects,
    streams,
    ids,
    format,
    verbose: values.verbose ?? false,
    version: values.version ?? false,
    help: values.help ?? false,
  };
}

const isRejectVerb = (word: string): word is RejectVerb => (rejectVerbs as readonly string[]).includes(word);

function parse(plugin: string, kind: PluginKind, argv: readonly string[]) {
  try {
    const all = { ...common, ...forTaps, ...forTargets };
    const own = { tap: { ...common, ...forTaps }, target: { ...common, ...forTargets }, mapper: forAll };
    const options = own[kind] as typeof all;
    return parseArgs({ args: [...argv], options, strict: true }).values;
  } catch (error) {
    throw errors.usage({ plugin, reason: (error as Error).message.split("\n")[0] as string });
  }
}

const testOption = `      --test             Connect and check the rights that a load needs; nothing is changed
`;

const queryOption = `      --query FILE       Print rows, as JSON lines. FILE holds {"sql": "select …"} or {"stream": "orders"}, with a limit if wanted
`;

const checkOption = `      --check FILE       Print whether rules hold in the tables, as JSON lines. FILE holds {"checks": […]}, as tapline writes it
`;

const digestOptions = `      --digest FILE      Print what tables hold, as JSON lines: columns, or rows and checksums by bucket. FILE holds a question of tapline verify; - reads several from stdin, a line each
      --rows FILE        Print rows of such buckets as texts, as JSON lines
`;

const cutoverOption = `      --cutover FILE     Rename schemas in one transaction, or back, and print what that changes, as one JSON line. FILE is from tapline cutover
`;

const scratchOption = `      --scratch FILE     Make or drop a database for a trial, and print where it is, as one JSON line. FILE is from tapline ci
`;

const filesOption = `      --files            Print the files that would be read, with their streams, as JSON lines
`;

const inventoryOption = `      --inventory FILE   Print sizes, types and what the source has beside rows, as JSON lines. FILE holds {"streams": ["…"]}
`;

const snapshotOption = `      --snapshot         Hold a snapshot of the source until standard input ends, and print what the setting snapshot takes
`;

const rejectOptions = (
  kind: "tap" | "target",
): string => `      --rejects VERB     Print the rejected rows (list, show), ${kind === "tap" ? "" : "load them again (replay) "}or delete them (discard), as JSON lines;
                         --stream NAME and --id ID select some of them and may be repeated
`;

export function helpText(
  plugin: { name: string; description: string; capabilities?: readonly string[]; commands?: readonly Command[] | undefined },
  kind: PluginKind,
): string {
  const { name, description } = plugin;
  const others = {
    tap: `${name} --config tap.json | target-duckdb --config target.json`,
    target: `tap-csv --config tap.json | ${name} --config target.json > state.json`,
    mapper: `tap-csv --config tap.json | ${name} --config map.json | target-duckdb --config target.json > state.json`,
  };
  const tapOptions = `  -d, --discover         Print the catalog: the streams and their columns
      --catalog FILE     Read only what this catalog selects (also --properties)
  -s, --state FILE       Continue from this state
      --test             Read the first rows of each stream, to check that it works
`;
  const targetOptions = `      --last-state ID    Print the state of the last commit under this state id, if the target keeps a ledger
`;
  const tapExamples = `  ${name} --config tap.json --discover > catalog.json
  ${name} --config tap.json --catalog catalog.json --state state.json
`;
  return `${description}

Usage: ${name} --config FILE [options]

Options:
  -c, --config FILE      A JSON file of settings. May be repeated; later files override earlier ones.
                         ENV reads ${name.toUpperCase().replaceAll("-", "_")}_… from the environment and .env
${{ tap: tapOptions, target: targetOptions, mapper: "" }[kind]}${kind === "target" && hasCapability(plugin, capabilities.test) ? testOption : ""}${hasCapability(plugin, capabilities.query) ? queryOption : ""}${hasCapability(plugin, capabilities.digest) ? digestOptions : ""}${hasCapability(plugin, capabilities.files) ? filesOption : ""}${hasCapability(plugin, capabilities.inventory) ? inventoryOption : ""}${hasCapability(plugin, capabilities.snapshot) ? snapshotOption : ""}${hasCapability(plugin, capabilities.check) ? checkOption : ""}${hasCapability(plugin, capabilities.cutover) ? cutoverOption : ""}${hasCapability(plugin, capabilities.scratch) ? scratchOption : ""}${kind !== "mapper" && hasCapability(plugin, capabilities.rejectReplay) ? rejectOptions(kind) : ""}      --about            Print the settings; with --format json or markdown
  -v, --verbose          Print details to stderr too; a stderr that is not a terminal always has them
      --version          Print the version
  -h, --help             Print this
${commandsHelp(plugin)}
Examples:
  ${others[kind]}
${kind === "tap" ? tapExamples : ""}  ${name} --about --format markdown
`;
}
