/** Copies the tables of a schema by tap-postgres and target-postgres into another schema of the same database, for tests of types. */
import { checkConfig, extract, load, type Static } from "@tapline/sdk";
import tap from "@tapline/tap-postgres";
import target from "@tapline/target-postgres";
import type { TestDatabase } from "@tapline/testing/postgres";

/** SQL that makes an array of such a type of the JSON array `v`. */
export const arrayBack = (type: string): string =>
  `(SELECT array_agg(e.value ORDER BY e.place) FROM jsonb_array_elements_text(v) WITH ORDINALITY AS e(value, place))::${type}[]`;

/** Loads all tables of the schema through both plugins. */
export async function copySchema({ host, port, user, password, database: name }: TestDatabase, from: string, to: string): Promise<void> {
  const connection = { host, port, user, password, database: name };
  const messages: string[] = [];
  const log = (level: string, message: string) => void (level === "warning" && messages.push(message));
  const source = checkConfig<Static<typeof tap.config>>(tap.name, tap.config, { ...connection, filter_schemas: [from] }).config;
  const settings = checkConfig<Parameters<typeof load>[1]>(target.name, target.config, {
    ...connection,
    default_target_schema: to,
    add_record_metadata: false,
  }).config;
  for await (const _ of load(target, settings, copies(extract(tap, source, { log }))));
  if (messages.length > 0) throw new Error(`warnings: ${messages.join("; ")}`);
}

/** The tap writes into the same buffer again, and the target keeps what it gets: between them is a pipe, which copies. */
async function* copies(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const bytes of pieces) yield Uint8Array.from(bytes);
}
