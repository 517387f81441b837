/** The rejected rows of earlier loads, in the tables beside those of their streams: listed, taken for a replay, discarded. */
import { columnType } from "@tapline/columns";
import { type KeptReject, type KeptRejects, type Position, propertyNames, type Reject, type RejectSelection } from "@tapline/sdk";
import { errors } from "../errors.ts";
import type { NamingSettings, TableName } from "../names/table-name.ts";
import type { LoaderContext } from "./batch-lander.ts";
import { rejectsStream, rejectsSuffix, rejectsTable } from "./rejects-table.ts";
import { locateTable } from "./table-location.ts";

export interface KeptContext extends Pick<LoaderContext, "dialect" | "connection" | "transaction"> {
  naming: NamingSettings;
}

/** The kept rows of one stream. */
interface KeptStream {
  stream: string;
  /** The table of rejected rows, quoted and qualified. */
  table: string;
  /** The same for people. */
  label: string;
}

/** Where the rows of a replay are, and which SCHEMA rows have that were rejected before it was kept with them. */
interface Source {
  table: string;
  newestDefinition: string | null;
}

export function keptRejects(context: KeptContext): KeptRejects {
  const { dialect, connection, transaction } = context;
  const { rejects } = dialect.statements;
  let found: Promise<KeptStream[]> | undefined;
  const sources = new Map<string, Source>();
  const chosen = async ({ ids, streams }: RejectSelection) => {
    found ??= findStreams(context);
    const wanted = (await found).filter(({ stream }) => streams?.includes(stream) ?? true);
    return wanted.map((each) => {
      const parts = [rejects.oneOf("stream", [each.stream]), ...(ids === undefined ? [] : [rejects.oneOf("id", ids)])];
      return { ...each, where: parts.join(" AND ") };
    });
  };

  return {
    async list(selection, withRecords = false) {
      const kept: KeptReject[] = [];
      for (const { table, label, where } of await chosen(selection))
        for (const row of await connection.query(rejects.list(table, where, withRecords), table))
          kept.push(keptReject(row, label, withRecords));
      return kept.sort((a, b) => compare(a.id, b.id));
    },
    async replayable(selection) {
      const rows: { stream: string; id: string; sequence: number }[] = [];
      const withoutSchema = new Map<string, number>();
      for (const { stream, table, where } of await chosen(selection)) {
        const [newest] = await connection.query(rejects.newestDefinition(table, rejects.oneOf("stream", [stream])), table);
        const newestDefinition = newest === undefined ? null : String(newest[0]);
        sources.set(stream, { table, newestDefinition });
        const origins = await connection.query(rejects.origins(table, where), table);
        if (newestDefinition === null && origins.length > 0) withoutSchema.set(stream, origins.length);
        else rows.push(...origins.map(([id, metadata]) => ({ stream, id: String(id), sequence: sequenceOf(metadata) })));
      }
      rows.sort((a, b) => compare(a.stream, b.stream) || a.sequence - b.sequence || compare(a.id, b.id));
      return { rows, withoutSchema };
    },
    async take(rows) {
      await transaction.settled();
      await transaction.begin();
      const taken = new Map<string, Reject>();
      for (const [stream, all] of Map.groupBy(rows, (row) => row.stream)) {
        const { table, newestDefinition } = sources.get(stream) as Source;
        const ids = all.map(({ id }) => id);
        const { read, remove } = rejects.take(table, rejects.oneOf("id", ids));
        for (const row of await connection.query(read, table)) {
          const reject = takenReject(row, newestDefinition);
          taken.set(reject.id, reject);
        }
        if (remove === undefined) continue;
        const work = async (): Promise<void> => {
          if ((await connection.run(remove, table)) !== ids.length) throw errors.rejects_changed({ id: ids.join(", ") }, { stream });
        };
        await transaction.change({ work });
      }
      return rows.map(({ id, stream }) => {
        const reject = taken.get(id);
        if (reject === undefined) throw errors.rejects_changed({ id }, { stream });
        return reject;
      });
    },
    async discard(selection) {
      const discarded = new Map<string, number>();
      await transaction.begin();
      for (const { stream, table, where } of await chosen(selection)) {
        const work = async (): Promise<void> => {
          const rows = await connection.run(rejects.discard(table, where), table);
          if (rows > 0) discarded.set(stream, rows);
        };
        await transaction.change({ work });
      }
      await transaction.runDeferred();
      await transaction.commit();
      return discarded;
    },
  };
}

/**
 * The streams that have rejected rows in the tables that these settings would keep them in. Tables that other settings made, or that are
 * no tables of rejected rows, are left out. Gives ids to rows that have none.
 */
async function findStreams(context: KeptContext): Promise<KeptStream[]> {
  const { dialect, connection, naming } = context;
  const { rejects } = dialect.statements;
  const { schema } = rejectsStream("");
  const columns = propertyNames(schema);
  const known = columns.filter((name) => !laterColumns.includes(name));
  const streams: KeptStream[] = [];
  for (const row of await connection.query(rejects.find(connection.database, rejectsSuffix, known, laterColumns))) {
    const [schemaName = "", tableName = "", has = ""] = row.map(String);
    const location: TableName = { schema: schemaName.slice(1), table: tableName.slice(1) };
    const table = dialect.names.qualify(connection.database, location);
    const names = (await connection.query(rejects.streams(table), table)).map(([stream]) => String(stream));
    const own: string[] = [];
    for (const name of names) if (await isRejectsTableOf(context, naming, name, location)) own.push(name);
    if (own.length === 0) continue;
    await addLaterColumns(context, table, has.split(","));
    streams.push(...own.map((stream) => ({ stream, table, label: `${location.schema}.${location.table}` })));
  }
  return streams;
}

/** Columns that earlier versions did not make. */
const laterColumns = ["id", "definition", "metadata"];

async function isRejectsTableOf(session: KeptContext, naming: NamingSettings, stream: string, { schema, table }: TableName) {
  const { names } = session.dialect;
  const located = await locateTable(session, { name: stream, schema: {}, keys: [], loadMethod: "append-only" }, naming);
  const wanted = rejectsTable(names, located);
  return names.fold(wanted.schema) === names.fold(schema) && names.fold(wanted.table) === names.fold(table);
}

/** In a separate transaction: DuckDB can't alter a table in the one that deletes its rows. */
async function addLaterColumns({ dialect, connection, transaction }: KeptContext, table: string, has: readonly string[]): Promise<void> {
  const { statements, types } = dialect;
  const missing = laterColumns.filter((name) => !has.includes(name));
  const type = columnType({ type: ["null", "string"] }, types);
  const isNumbered = missing.length === 0 && (await connection.query(statements.rejects.withoutId(table), table)).length === 0;
  if (isNumbered) return;
  await transaction.begin();
  for (const name of missing) await connection.run(statements.addColumn(table, { name, type }), table);
  await transaction.commit();
  await transaction.begin();
  await transaction.runDeferred();
  await connection.run(statements.rejects.number(table), table);
  await transaction.commit();
}

function keptReject(row: readonly unknown[], label: string, withRecord: boolean): KeptReject {
  const [id, stream, position, code, reason, runId, seconds, record] = row;
  return {
    id: String(id),
    stream: String(stream),
    position: positionOf(position),
    code: String(code),
    reason: String(reason),
    run_id: runId === null ? null : String(runId),
    rejected_at: seconds === null ? null : new Date(Number(seconds) * 1000).toISOString(),
    kept_in: label,
    ...(withRecord && { record: String(record) }),
  };
}

/** Code and reason are those of the next refusal, if there is one. */
function takenReject(row: readonly unknown[], newestDefinition: string | null): Reject {
  const [id, stream, position, record, definition, metadata] = row;
  return {
    id: String(id),
    stream: String(stream),
    position: positionOf(position),
    code: "",
    reason: "",
    record: String(record),
    definition: definition === null ? newestDefinition : String(definition),
    metadata: metadata === null ? null : String(metadata),
  };
}

const positionOf = (json: unknown): Position => (json === null ? {} : (JSON.parse(String(json)) as Position));

/** Rows without one are older than those with one: they were rejected before it was kept. */
function sequenceOf(metadata: unknown): number {
  return Number(/"_sdc_sequence":(\d+)/.exec(String(metadata))?.[1] ?? -1);
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
