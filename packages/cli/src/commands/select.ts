/** `tapline select`: shows what is read from a tap, and changes it in tapline.yml. */
import { relative } from "node:path";
import { Args, Command, Flags } from "@oclif/core";
import { layOut } from "@tapline/protocol/text";
import {
  type CatalogListing,
  changeEntry,
  checkPluginName,
  entryOf,
  environmentOf,
  listCatalog,
  openProject,
  type Project,
  preparePlugin,
  tapCatalog,
} from "@tapline/runner";
import { conclude, exitCodes, printFailure } from "../outcome.ts";
import { ownBinFolders } from "../plugin-folders.ts";
import { catchSignals } from "../signals.ts";
import { columnsOf, printLines } from "../terminal.ts";

export default class Select extends Command {
  static override description = `Shows what is read from a tap, and changes it.

A pattern names streams and columns: orders, orders.total, "*.id"; a "!" in front excludes, and wins. Patterns are added to the tap's select in tapline.yml. Keys are always read with their stream.`;
  static override examples = [
    "<%= config.bin %> select tap-csv",
    "<%= config.bin %> select tap-csv --all",
    "<%= config.bin %> select tap-csv invoices 'customers.*' '!customers.note'",
    "<%= config.bin %> select tap-csv invoices --remove",
  ];
  static override strict = false;
  static override args = {
    tap: Args.string({ description: "A tap of tapline.yml.", required: true }),
    pattern: Args.string({ description: "What to read: stream, stream.column or !stream.column." }),
  };
  static override flags = {
    list: Flags.boolean({ description: "Only show what is selected, as without a pattern." }),
    all: Flags.boolean({ description: "Also show what is not selected." }),
    remove: Flags.boolean({ description: "Remove the patterns from tapline.yml." }),
    "refresh-catalog": Flags.boolean({ description: "Discover the tap's streams again." }),
    environment: Flags.string({ char: "e", description: "The environment of tapline.yml; patterns are written only for it." }),
    json: Flags.boolean({ description: "Print JSON." }),
  };

  async run(): Promise<void> {
    const { args, argv, flags } = await this.parse(Select);
    const patterns = flags.list ? [] : (argv as string[]).slice(1);
    await conclude(async () => {
      const stop = catchSignals();
      const project = openProject(process.cwd());
      const tap = checkPluginName(project, args.tap);
      const environment = environmentOf(project, flags.environment);
      const select = changedPatterns(entryOf(project.parsed, tap, environment).entry.select ?? [], patterns, flags.remove);
      const found = await catalogWith(project, tap, environment, select, flags["refresh-catalog"], stop.asked);
      if (stop.signal !== undefined) return stop.signal === "SIGINT" ? exitCodes.SIGINT : exitCodes.SIGTERM;
      if ("failure" in found) {
        printFailure(found.failure);
        return exitCodes.failed;
      }
      for (const warning of found.warnings) printLines([warning], process.stderr);
      if (patterns.length > 0) {
        const value = select.length === 0 ? undefined : select;
        const file = changeEntry(project, { plugin: tap, path: ["select"], value, environment: flags.environment });
        const what =
          select.length === 0 ? "No selection is set: everything the tap offers is read." : `${tap} selects ${select.join(", ")}`;
        printLines([`${relative(process.cwd(), file)}: ${what}`], process.stderr);
      }
      const listing = found.catalog === undefined ? [] : listCatalog(found.catalog);
      const shown = flags.all ? listing : listing.filter(({ selected }) => selected).map(withoutUnselected);
      if (flags.json) process.stdout.write(`${JSON.stringify(shown.map(jsonOf), null, 2)}\n`);
      else printLines(describe(shown));
      return exitCodes.done;
    });
  }
}

async function catalogWith(
  project: Project,
  tap: string,
  environment: string,
  select: readonly string[],
  refresh: boolean,
  stop: Promise<NodeJS.Signals>,
): ReturnType<typeof tapCatalog> {
  const ready = await preparePlugin(project, tap, { environment, binFolders: ownBinFolders });
  const plugin = { ...ready.plugin, entry: { ...ready.plugin.entry, select: [...select] } };
  return tapCatalog({
    project,
    tap: { ...ready, plugin },
    redact: ready.redact,
    refresh,
    always: true,
    stop,
    onEvent(event) {
      if (event.kind === "log") printLines([`${tap}: ${event.message}`], process.stderr);
    },
  });
}

function changedPatterns(before: readonly string[], patterns: readonly string[], remove: boolean): string[] {
  return remove ? before.filter((each) => !patterns.includes(each)) : [...new Set([...before, ...patterns])];
}

function withoutUnselected(listing: CatalogListing): CatalogListing {
  return { ...listing, columns: listing.columns.filter(({ selected }) => selected) };
}

function describe(listings: readonly CatalogListing[]): string[] {
  const rows = listings.flatMap((listing) => [
    [listing.selected ? "[x]" : "[ ]", listing.stream, replicationText(listing)],
    ...listing.columns.map(({ name, selected, inclusion, type }) => [
      selected ? "[x]" : "[ ]",
      `  ${name}`,
      [type, inclusion === "available" ? "" : inclusion].filter((text) => text !== "").join(", "),
    ]),
  ]);
  return rows.length === 0 ? ["Nothing is selected."] : layOut(rows, { width: columnsOf(process.stdout) });
}

function replicationText({ replicationMethod, replicationKey }: CatalogListing): string {
  if (replicationMethod === undefined) return "";
  return `${replicationMethod}${replicationKey === undefined ? "" : ` by ${replicationKey}`}`;
}

function jsonOf({ replicationMethod, replicationKey, ...listing }: CatalogListing): object {
  return { ...listing, replication_method: replicationMethod ?? null, replication_key: replicationKey ?? null };
}
