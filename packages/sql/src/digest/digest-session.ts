/** Answers the questions of a digest through a session with a database. Everything but the SQL of the texts is the same for all of them. */
import {
  type BucketLine,
  type BucketsQuestion,
  type DescribedColumn,
  type DescribedTable,
  type DigestLine,
  type DigestQuestion,
  type DigestSource,
  type DigestTableName,
  didYouMean,
  type MetricsQuestion,
  type RowsLine,
  type RowsQuestion,
} from "@tapline/sdk";
import { errors } from "../errors.ts";
import type { DigestDialect } from "./digest-dialect.ts";
import { bucketsSql, type DigestRelation, metricSql, orphansSql, rowsSql } from "./digest-plan.ts";

/** A table as the database has it. */
export interface FoundRelation extends Pick<DescribedTable, "key" | "unique" | "rows"> {
  table: DigestTableName;
  columns: readonly { name: string; type: string; nullable: boolean }[];
}

/** The database refuses every change through it. */
export interface DigestSession extends AsyncDisposable {
  dialect: DigestDialect;
  /** Where the database is, for people. */
  location: string;
  /**
   * The tables that a name means: those of `schema.table`, of a table in the default schema, or of all tables in the schema where `table` is
   * undefined. @returns [] where there is none
   */
  find(name: { schema: string | undefined; table: string | undefined }): Promise<readonly FoundRelation[]>;
  /** The names of tables there are, for hints. */
  known(): Promise<readonly string[]>;
  /** What follows FROM. */
  from(table: DigestTableName): string;
  /** Called before the statements of a question. */
  prepare(question: { workers?: number | undefined; snapshot?: string | undefined }): Promise<void>;
  /** Called after them: the next question must see what others have stored by then. */
  finish?(): Promise<void>;
  /** The rows of a statement, some at a time. Every cell is text. @throws query_failed and the errors of the connection */
  select(sql: string): AsyncIterable<readonly (readonly (string | null)[])[]>;
}

export function digestSource(session: DigestSession): DigestSource {
  return {
    digest(question: DigestQuestion) {
      if ("tables" in question) return finished(session, describeTables(session, question.tables));
      return finished(session, "buckets" in question ? readBuckets(session, question) : readMetrics(session, question));
    },
    rows: (question) => finished(session, readRows(session, question)),
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}

async function* finished<T>(session: DigestSession, answer: AsyncIterable<T>): AsyncIterable<T> {
  yield* answer;
  await session.finish?.();
}

/** @throws digest_table_missing */
async function* describeTables(session: DigestSession, name: string): AsyncIterable<readonly DigestLine[]> {
  const found = await findTables(session, name);
  if (found.length === 0 && name !== "*") throw await missing(session, name);
  yield found.map(
    (each): DescribedTable => ({
      table: each.table,
      label: labelOf(each.table),
      columns: each.columns.map((column): DescribedColumn => ({ ...column, kind: null, ...session.dialect.kindOf(column.type) })),
      key: each.key,
      unique: each.unique,
      ...(each.rows !== undefined && { rows: each.rows }),
    }),
  );
}

/** A name can have dots: the first way to read it that finds something is taken. */
async function findTables(session: DigestSession, name: string): Promise<readonly FoundRelation[]> {
  if (name === "*") return everyTable(session);
  const ways: { schema: string | undefined; table: string | undefined }[] = [{ schema: undefined, table: name }];
  for (let dot = name.indexOf("."); dot >= 0; dot = name.indexOf(".", dot + 1))
    ways.push({ schema: name.slice(0, dot), table: name.slice(dot + 1) });
  ways.push({ schema: name, table: undefined });
  for (const way of ways) {
    const found = await session.find(way);
    if (found.length > 0) return found;
    const pattern = way.table;
    if (pattern === undefined || !pattern.includes("*") || way.schema === undefined) continue;
    const matches = matcher(pattern);
    const some = (await session.find({ schema: way.schema, table: undefined })).filter(({ table }) => matches(table.name));
    if (some.length > 0) return some;
  }
  return [];
}

/** Names of schemas can have dots, so each way to read a table's name is tried. */
async function everyTable(session: DigestSession): Promise<FoundRelation[]> {
  const schemas = new Set<string>();
  for (const name of await session.known())
    for (let dot = name.indexOf("."); dot >= 0; dot = name.indexOf(".", dot + 1)) schemas.add(name.slice(0, dot));
  const found: FoundRelation[] = [];
  for (const schema of [...schemas].sort()) found.push(...(await session.find({ schema, table: undefined })));
  return found;
}

/** `*` stands for any characters. */
function matcher(pattern: string): (name: string) => boolean {
  const [first = "", ...parts] = pattern.split("*");
  const last = parts.pop() ?? "";
  return (name) => {
    if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false;
    let at = first.length;
    for (const part of parts) {
      const found = name.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return at <= name.length - last.length;
  };
}

async function missing(session: DigestSession, name: string) {
  const known = await session.known();
  return errors.digest_table_missing({ table: name, location: session.location, known, meant: didYouMean(name, [...known]) });
}

const labelOf = ({ schema, name }: DigestTableName): string => (schema === undefined ? name : `${schema}.${name}`);

/** @throws digest_table_missing, digest_column_missing */
async function relationOf(session: DigestSession, table: DigestTableName, columns: readonly { name: string }[]): Promise<DigestRelation> {
  const [found] = await session.find({ schema: table.schema, table: table.name });
  if (found === undefined) throw await missing(session, labelOf(table));
  const types = new Map(found.columns.map(({ name, type }) => [name, type]));
  for (const { name } of columns)
    if (!types.has(name))
      throw errors.digest_column_missing({
        column: name,
        table: labelOf(table),
        meant: didYouMean(name, [...types.keys()]),
        known: [...types.keys()],
      });
  return { from: session.from(found.table), types };
}

async function* readRows(session: DigestSession, question: RowsQuestion): AsyncIterable<readonly RowsLine[]> {
  await session.prepare(question);
  const relation = await relationOf(session, question.table, question.columns);
  for await (const rows of session.select(rowsSql(session.dialect, relation, question))) yield rows as readonly RowsLine[];
}

async function* readBuckets(session: DigestSession, question: BucketsQuestion): AsyncIterable<readonly BucketLine[]> {
  await session.prepare(question);
  const bound = question.before === undefined ? [] : [{ name: question.before.column }];
  const relation = await relationOf(session, question.table, [...question.columns, ...bound]);
  for await (const rows of session.select(bucketsSql(session.dialect, relation, question))) {
    yield rows.map(
      ([bucket, count, sum, nullKeys, duplicates, ...statistics]): BucketLine => ({
        bucket: Number(bucket),
        rows: Number(count),
        checksum: String(BigInt.asUintN(64, BigInt(sum ?? 0))),
        null_keys: Number(nullKeys),
        ...(duplicates !== null && { duplicates: Number(duplicates) }),
        ...(statistics.length > 0 && { columns: columnStatistics(statistics, question) }),
      }),
    );
  }
}

function columnStatistics(cells: readonly (string | null)[], { columns }: BucketsQuestion): BucketLine["columns"] {
  return columns.map((_, index) => {
    const [nulls, sum, min, max] = cells.slice(4 * index, 4 * index + 4);
    return {
      nulls: Number(nulls),
      ...(typeof sum === "string" && { sum }),
      ...(typeof min === "string" && { min }),
      ...(typeof max === "string" && { max }),
    };
  });
}

async function* readMetrics(session: DigestSession, question: MetricsQuestion): AsyncIterable<readonly DigestLine[]> {
  await session.prepare(question);
  const { metrics = [], orphans = [], table } = question;
  const relation = await relationOf(session, table, []);
  for (const metric of metrics) {
    for await (const rows of session.select(metricSql(session.dialect, relation, question, metric)))
      yield rows.map((cells) => ({ metric: metric.name, group: cells.slice(0, -1), value: cells.at(-1) ?? null }));
  }
  for (const { name, columns, to, to_columns } of orphans) {
    await relationOf(
      session,
      table,
      columns.map((column) => ({ name: column })),
    );
    const other = await relationOf(
      session,
      to,
      to_columns.map((column) => ({ name: column })),
    );
    for await (const rows of session.select(orphansSql(session.dialect, relation, other, columns, to_columns)))
      yield rows.map(([value = null]) => ({ metric: name, group: [], value }));
  }
}
