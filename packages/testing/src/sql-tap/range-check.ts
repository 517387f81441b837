/** What a tap that reads ranges must show: of a table that is cut at the midnights of a place, each row is in one part. */
import assert from "node:assert/strict";
import type { Catalog } from "@tapline/protocol";
import { seededRandom } from "../seeded-random.ts";
import { rowsOf, type WireMessage } from "../tap/subject.ts";
import type { SqlTapUnderTest } from "./subject.ts";

interface Room {
  tap: SqlTapUnderTest;
  schema: string;
  execute(...statements: string[]): Promise<unknown>;
  stream(table: string): string;
  discover(): Promise<Catalog>;
  read(files: { catalog: Catalog; state?: unknown; settings: Record<string, unknown> }): Promise<{ messages: WireMessage[] }>;
}

/** Midnights in Stockholm; in the night of the 29th its clocks change. */
const borders = ["2026-03-28T00:00:00+01:00", "2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00", "2026-03-31T00:00:00+02:00"];
const dayUs = 86_400_000_000n;

const standard: NonNullable<SqlTapUnderTest["times"]> = {
  instant: { type: "timestamp with time zone", written: (utc) => `${utc}+00` },
  local: { type: "timestamp", written: (utc) => utc },
};

const kindsOf = ({ instant, local } = standard) => ({
  instant: {
    type: instant.type,
    at: (text: string) => BigInt(Date.parse(text)) * 1000n,
    write: (us: bigint) => instant.written(written(us)),
  },
  local: { type: local.type, at: localUs, write: (us: bigint) => local.written(written(us)) },
  date: { type: "date", at: localUs, write: (us: bigint) => written(us).slice(0, 10) },
});

export async function checkRanges({ tap, schema, execute, stream, discover, read }: Room): Promise<void> {
  const kinds = kindsOf(tap.times);
  const random = seededRandom(7);
  const expected = new Map<string, number[]>();
  for (const [kind, { type, at, write }] of Object.entries(kinds)) {
    await execute(`CREATE TABLE ${schema}.${kind}s (id integer NOT NULL, seen_at ${type}, PRIMARY KEY (id))`);
    const cuts = borders.map(at);
    const values = Array.from({ length: 80 }, (_, id) => {
      const cut = cuts[id % cuts.length] as bigint;
      return kind === "date" ? cut : cut + ([-1n, 0n, 1n][Math.floor(random() * 4)] ?? BigInt(Math.floor(random() * Number(dayUs))));
    });
    await execute(`INSERT INTO ${schema}.${kind}s VALUES ${values.map((us, id) => `(${id}, '${write(us)}')`).join(", ")}, (1000, NULL)`);
    const partOf = (us: bigint): number => cuts.filter((cut) => cut <= us).length - 1;
    for (let part = 0; part < borders.length - 1; part++)
      expected.set(
        `${kind} ${part}`,
        values.flatMap((us, id) => (partOf(us) === part ? [id] : [])),
      );
  }
  const offered = await discover();
  const catalog = {
    streams: offered.streams.map((entry) => ({ ...entry, replication_method: "INCREMENTAL" as const, replication_key: "seen_at" })),
  };
  let last: unknown;
  for (let part = 0; part < borders.length - 1; part++) {
    const settings = { start_date: borders[part], end_date: borders[part + 1] };
    const { messages } = await read({ catalog, settings });
    for (const kind of Object.keys(kinds))
      assert.deepEqual(
        idsOf(messages, stream(`${kind}s`)),
        expected.get(`${kind} ${part}`),
        `the rows of ${kind} from ${settings.start_date} on`,
      );
    last = { settings, state: messages.findLast(({ type }) => type === "STATE")?.value };
  }
  const again = await read({ catalog, ...(last as { settings: Record<string, unknown>; state: unknown }) });
  assert.deepEqual(again.messages.filter(({ type }) => type === "RECORD").length, 0, "rows of a range come again after its last bookmark");
}

const idsOf = (messages: readonly WireMessage[], stream: string): number[] =>
  rowsOf(messages, stream)
    .map(({ id }) => Number(id))
    .sort((a, b) => a - b);

/** The time as it is written, as if it were in UTC. */
function localUs(text: string): bigint {
  return BigInt(Date.parse(`${text.slice(0, 19)}Z`)) * 1000n;
}

function written(us: bigint): string {
  const text = new Date(Number(us / 1000n)).toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, 23)}${String(us % 1000n).padStart(3, "0")}`;
}
