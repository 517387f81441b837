/** What a migration would do: which tables move, how syncs read them, and what the new side will not have. It reads the source and changes nothing. */
import { type Catalog, type CatalogStream, capabilities, hasCapability, metadataAt, type ReportedAbout } from "@tapline/protocol";
import { selectedStreams } from "../catalog/shape.ts";
import { tapCatalog } from "../catalog/tap-catalog.ts";
import { errors } from "../errors.ts";
import type { Failure } from "../model/failure.ts";
import type { Project } from "../model/project.ts";
import type { RunEvent } from "../model/run-event.ts";
import type { StopSource } from "../model/stop.ts";
import { preparePlugin } from "../plugins/prepare.ts";
import { matchesGlob } from "../project/glob.ts";
import { askInventory, type Inventory, type TableInventory } from "./inventory.ts";
import type { MigratedStream } from "./migration.ts";

export interface PlanOptions {
  project: Project;
  environment: string;
  /** A tap. */
  source: string;
  /** Patterns of tables, such as `sales.*`. */
  tables: readonly string[];
  binFolders: readonly string[];
  stop: StopSource;
  onEvent(event: RunEvent, step: number | null): void;
}

export interface PlannedTable extends MigratedStream {
  /** Estimates of the source; null: it has none. */
  rows: number | null;
  bytes: number | null;
  columns: { name: string; type: string; loss: string | null }[];
  /** What the new side has nothing for, each as the source names it. */
  leftBehind: string[];
  notes: string[];
}

export interface TablesPlan {
  environment: string;
  source: string;
  tables: string[];
  planned: PlannedTable[];
  /** Of no single table: views, functions. */
  leftBehind: string[];
  /** Of the tap, with all its streams. */
  catalog: Catalog;
  holdsSnapshot: boolean;
}

export interface MigrationPlan extends TablesPlan {
  /** A target. */
  target: string;
}

/** @throws migrate_nothing, and what `preparePlugin` and the catalog's rules throw */
export async function planMigration(options: PlanOptions & { target: string }): Promise<MigrationPlan | { failure: Failure }> {
  const { project, target, environment, binFolders } = options;
  await preparePlugin(project, target, { environment, binFolders });
  const plan = await planTables(options);
  return "failure" in plan ? plan : { ...plan, target };
}

/** @throws migrate_nothing, and what `preparePlugin` and the catalog's rules throw */
export async function planTables(options: PlanOptions): Promise<TablesPlan | { failure: Failure }> {
  const { project, environment, source, tables, binFolders, stop } = options;
  const onEvent: Parameters<typeof tapCatalog>[0]["onEvent"] = (event) => {
    if (event.kind === "log" && event.level === "warning")
      options.onEvent({ type: "log", plugin: source, level: "warning", message: event.message }, null);
  };
  const tap = await preparePlugin(project, source, { environment, binFolders });
  const asked = { project, tap, redact: tap.redact, stop: stop.asked, onEvent };
  const found = await tapCatalog({ ...asked, refresh: true, always: true });
  if ("failure" in found) return found;
  if (found.catalog === undefined) throw errors.migrate_nothing({ source: source, tables: [...tables], known: [] });
  const offered = selectedStreams(found.catalog);
  const wanted = offered.filter((stream) => isWanted(stream, tables));
  if (wanted.length === 0)
    throw errors.migrate_nothing({
      source: source,
      tables: [...tables],
      known: offered.filter((each) => !isView(each)).map(tableOf),
    });
  const inventory = hasCapability(tap.about, capabilities.inventory)
    ? await askInventory({ ...asked, streams: wanted.map(({ tap_stream_id: id }) => id) })
    : { tables: new Map<string, TableInventory>(), others: [] };
  if ("failure" in inventory) return inventory;
  const planned = wanted.map((stream) => plannedTable(stream, inventory));
  return {
    environment,
    source,
    tables: [...tables],
    planned,
    leftBehind: [
      ...new Set([
        ...offered.filter((each) => isView(each) && !wanted.includes(each)).map((each) => `view ${tableOf(each)}`),
        ...inventory.others,
      ]),
    ],
    catalog: found.catalog,
    holdsSnapshot: holdsSnapshot(tap.about),
  };
}

export const holdsSnapshot = (about: ReportedAbout | null): boolean => hasCapability(about, capabilities.snapshot);

/** As its database names it, where the tap tells; else the name of the stream. */
export function tableOf(stream: CatalogStream): string {
  const { "schema-name": schema } = metadataAt(stream, []);
  const name = stream.tap_stream_id;
  return typeof schema === "string" && name.startsWith(`${schema}-`) ? `${schema}.${name.slice(schema.length + 1)}` : name;
}

const isView = (stream: CatalogStream): boolean => metadataAt(stream, [])["is-view"] === true;

/** A view moves only where it is named: its rows are those of other tables. */
function isWanted(stream: CatalogStream, tables: readonly string[]): boolean {
  const names = [tableOf(stream), stream.tap_stream_id];
  return tables.some((pattern) => names.some((name) => (isView(stream) ? pattern === name : matchesGlob(pattern, name))));
}

function plannedTable(stream: CatalogStream, { tables }: Inventory): PlannedTable {
  const { stream: _, tap_stream_id: id } = stream;
  const metadata = metadataAt(stream, []);
  const known = tables.get(id);
  const asked = stream.replication_method ?? metadata["replication-method"];
  const method = asked === "INCREMENTAL" || asked === "LOG_BASED" ? asked : "FULL_TABLE";
  const key = stream.replication_key ?? metadata["replication-key"];
  const keys = [...(stream.key_properties ?? [])];
  const rows = known?.rows ?? (typeof metadata["row-count"] === "number" ? metadata["row-count"] : null);
  return {
    stream: id,
    table: tableOf(stream),
    keys,
    method,
    replicationKey: method === "INCREMENTAL" && typeof key === "string" ? key : null,
    rows,
    bytes: known?.bytes ?? null,
    columns:
      known?.columns ??
      Object.entries(stream.schema.properties ?? {}).map(([name, { type }]) => ({ name, type: typeText(type), loss: null })),
    leftBehind: known?.leftBehind ?? [],
    notes: notesOf(method, keys),
  };
}

function notesOf(method: MigratedStream["method"], keys: readonly string[]): string[] {
  return [
    ...(keys.length === 0 ? ["has no key: rows are only added, and differences are shown without keys"] : []),
    ...(method === "INCREMENTAL" ? ["syncs do not see rows that are deleted; the comparison after each sync does"] : []),
    ...(method === "LOG_BASED" ? ["the first sync reads it whole once more, and then follows the log"] : []),
  ];
}

const typeText = (type: unknown): string =>
  [type ?? "any"]
    .flat()
    .filter((each) => each !== "null")
    .join(" or ");
