/** Answers a digest's questions about Snowflake's tables and views through a session that is only for reading. */
import type { DigestSource } from "@tapline/sdk";
import { type Dialect, digestSource, type FoundRelation, type ReadSession } from "@tapline/sql";
import type { Config } from "../config.ts";
import { connectToRead } from "../read-session.ts";
import { digestDialect } from "./dialect.ts";

/** @throws errors of settings, and of logging in */
export async function openDigest(config: Config, dialect: Dialect, defaultSchema: string, signal: AbortSignal): Promise<DigestSource> {
  const session = await connectToRead(config, dialect, signal);
  const { names } = dialect;
  return digestSource({
    dialect: digestDialect,
    location: session.location,
    async find({ schema = defaultSchema, table }) {
      const tables = table === undefined ? (await session.tablesIn(schema)).map((each) => each.table) : [names.fold(table)];
      const found = await Promise.all(tables.map((name) => relation(session, { schema, table: name }, names.fold)));
      return found.filter((each) => each !== undefined);
    },
    async known() {
      return (await session.tablesIn(defaultSchema)).map(({ table }) => `${names.fold(defaultSchema)}.${table}`);
    },
    from: ({ schema = defaultSchema, name }) => names.qualify(session.database, { schema, table: name }),
    // Its warehouse decides how many threads work, and each statement sees what was stored before it.
    async prepare() {},
    async *select(sql) {
      const rows = await session.select(sql);
      for (;;) {
        const read = (await rows.read(1000)) as string[][];
        if (read.length === 0) return;
        // The cells of a query are JSON.
        yield read.map((row) => row.map((cell) => textOf(JSON.parse(cell))));
      }
    },
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  });
}

const textOf = (value: unknown): string | null => (value === null ? null : String(value));

async function relation(
  { describe }: ReadSession,
  { schema, table }: { schema: string; table: string },
  fold: (name: string) => string,
): Promise<FoundRelation | undefined> {
  const found = await describe({ schema, table });
  if (found === null) return undefined;
  const columns = found.columns.map(({ name, type, refusesNull }) => ({ name, type, nullable: refusesNull !== true }));
  // A key that the comment names may be that of other columns by now. Snowflake keeps no key unique.
  const key = (found.notedKey ?? []).map((name) => columns.find((column) => column.name === name || column.name === fold(name))?.name);
  return {
    table: { schema: fold(schema), name: table },
    key: key.every((name) => name !== undefined) ? key : [],
    unique: false,
    columns,
  };
}
