/** RECORDs with `unchanged`, as taps of logs send them for values that the log does not have: the row of the key keeps its values there. */
import assert from "node:assert/strict";
import type { JsonSchema, Row } from "@tapline/protocol";
import type { Check } from "../check.ts";
import { assertRows } from "../rows.ts";
import { seededRandom } from "../seeded-random.ts";
import { partialRecord, records, schema, state } from "../target/input.ts";
import { assertCounts } from "./reject-checks.ts";
import { assertRefused, type DialectSession, type DialectUnderTest, dialectCheck } from "./subject.ts";

const text: JsonSchema = { type: ["null", "string"] };
/** A name that a list of names must not be cut at, and names that a statement may use for tables. */
const odd = "b,c'%\"";
const properties: Record<string, JsonSchema> = {
  id: { type: "integer" },
  part: { type: "string" },
  r: text,
  [odd]: { type: ["null", "integer"] },
  v0: { type: ["null", "array"], items: { type: "string" } },
};
const keys = ["id", "part"];
const columns = ["r", odd, "v0"];
const at = "2026-01-02T03:04:05Z";

const whole = (id: number, r: string | null, n: number | null = null, list: string[] | null = null): Row => ({
  id,
  part: "p",
  r,
  [odd]: n,
  v0: list,
});
const partial = (id: number, more: Row = {}, unchanged = columns.filter((name) => !Object.hasOwn(more, name))): string =>
  partialRecord("s", { id, part: "p", ...more }, unchanged);
const gone = (id: number, more: Row = {}): Row => ({ id, part: "p", ...more, _sdc_deleted_at: at });

/** Over commits, over batches of one commit, and in one batch. */
const ways = Object.entries({ promptly: { commit_after_ms: 0 }, atOnce: { batch_max_bytes: 1 }, whole: {} });

export const partialRecordChecks: readonly Check<DialectUnderTest>[] = [
  dialectCheck("columns that a record leaves unchanged keep what the row has, and those that it lacks are NULL", async (session) => {
    for (const [way, settings] of ways) {
      const input =
        schema(way, properties, keys) +
        records(way, [whole(1, "a", 1, ["x"]), whole(2, "b", 2), whole(3, "c", 3), whole(4, "d", 4)]) +
        state(1) +
        // Of two records of a key the later value counts, and null is a value.
        partial(1, { r: "a2" }) +
        partial(1, { [odd]: 11 }) +
        partial(2, { r: null }) +
        partial(2, { v0: ["y"] }, ["r"]) +
        records("s", [whole(3, "c2", 33, ["z"])]) +
        partial(3, {}) +
        partial(4, { r: "d2" }, [odd]) +
        records("s", [whole(5, "e", 5)]) +
        partial(5, { v0: [] }) +
        state(2) +
        partial(6, { r: "f" }) +
        partial(4, { r: "d3" }) +
        state(3);
      const { summaries } = await session.piped(input.replaceAll('"stream":"s"', `"stream":"${way}"`), settings);
      const wanted = [
        whole(1, "a2", 11, ["x"]),
        whole(2, null, null, ["y"]),
        whole(3, "c2", 33, ["z"]),
        whole(4, "d3", 4, null),
        whole(5, "e", 5, []),
        whole(6, "f"),
      ];
      assertRows(await session.rows(way), wanted, properties, way);
      const { received, loaded = 0, superseded = 0, in_table, tolerated } = summaries.get(way) ?? {};
      assert.deepEqual([received, loaded + superseded, in_table], [15, 15, 6], `counts of ${way}`);
      const lost = [odd, "v0"].map((column) => ({ kind: "unchanged_unknown", column, count: 1 }));
      assert.deepEqual([...(tolerated ?? [])].sort(byColumn), lost.sort(byColumn), `values that are nowhere to be found, ${way}`);
    }
  }),
  dialectCheck("whole, partial and deleting records of a key in any order give what they give one by one", async (session) => {
    for (const mode of ["mark", "remove", "overwrite"] as const) {
      const settings = { mark: {}, remove: { hard_delete: true }, overwrite: { load_method: "overwrite" } }[mode];
      for (const [way, more] of ways) {
        const random = seededRandom(mode.length * 100 + way.length);
        const [stream, oracle] = [`${mode} ${way}`, new Oracle(mode === "mark")];
        let input = schema("s", properties, keys);
        for (let step = 0; step < 120; step++) input += anyRecord(random, oracle) + (random() < 0.1 ? state(step) : "");
        await session.piped(input.replaceAll('"stream":"s"', `"stream":"${stream}"`), { ...settings, ...more });
        assertRows(await session.rows(stream), oracle.rows(), properties, stream);
        assert.deepEqual(await deletedIds(session, stream), oracle.deleted(), stream);
      }
    }
  }),
  dialectCheck("overwritten, values are kept only of what this load brought", async (session) => {
    for (let run = 0; run < 3; run++) {
      await session.piped(schema("s", properties, keys) + records("s", [whole(1, "old", 1), whole(2, "old", 2)]));
      const { connection, schema: place, subject } = session;
      const { names } = subject.dialect;
      const table = names.qualify(connection.database, { schema: place, table: "s" });
      // With an index the table is overwritten in place.
      if (run === 2 && subject.enforcesNothing !== true) await connection.run(`CREATE INDEX of_r ON ${table} (${names.quote("r")})`);
      const input = schema("s", properties, keys) + partial(1, { r: "new" }) + records("s", [whole(3, "c", 3)]) + partial(3, { r: "c2" });
      const { summaries } = await session.piped(input + state(1), { load_method: "overwrite" });
      assertRows(await session.rows("s"), [whole(1, "new"), whole(3, "c2", 3)], properties);
      assert.deepEqual(
        summaries.get("s")?.tolerated?.map(({ count }) => count),
        [1, 1],
      );
    }
  }),
  dialectCheck("a record leaves columns unchanged that take no NULL or that others check", async (session) => {
    const { connection, schema: place, subject } = session;
    const { names, statements } = subject.dialect;
    const [id, a, b, note] = ["id", "a", "b", "note"].map(names.quote);
    await connection.run(statements.createSchema(names.qualifySchema(connection.database, place)));
    const own = { id: { type: "integer" }, a: { type: "string" }, b: text };
    const required = (table: string): string =>
      schema(table, own, ["id"]).replace('"type":"object"', '"type":"object","required":["id","a"]');
    const tables = Object.entries({ keyed: `, PRIMARY KEY (${id})`, plain: "" });
    const nameOf = (table: string): string => names.qualify(connection.database, { schema: place, table });
    // Before the first load: a dialect may look at all tables there are once.
    for (const [table, key] of tables) {
      const check = subject.enforcesNothing !== true ? `, CHECK (${b} IS NULL OR ${a} IS NOT NULL)` : "";
      const columns = `${id} BIGINT NOT NULL, ${a} VARCHAR(20) NOT NULL, ${b} VARCHAR(20), ${note} VARCHAR(9) DEFAULT 'none' NOT NULL`;
      await connection.run(`CREATE TABLE ${nameOf(table)} (${columns}${check}${key})`);
    }
    for (const [table] of tables) {
      await session.piped(
        required(table) +
          records(table, [
            { id: 1, a: "x", b: "y" },
            { id: 2, a: "x" },
          ]),
      );
      await connection.run(`UPDATE ${nameOf(table)} SET ${note} = 'mine'`);
      const sent = partialRecord(table, { id: 1, b: "z" }, ["a"]) + partialRecord(table, { id: 2, a: "w" }, ["b"]);
      await session.piped(required(table) + sent + records(table, [{ id: 3, a: "new" }]));
      const wanted = [
        { id: 1, a: "x", b: "z", note: "mine" },
        { id: 2, a: "w", note: "mine" },
        { id: 3, a: "new", note: "none" },
      ];
      assertRows(await session.rows(table), wanted, { ...own, note: text }, table);
      const failed = await session.pipe(required(table) + partialRecord(table, { id: 9 }, ["a", "b"]));
      assert.ok(failed.failure !== undefined, "NULL is in a column that takes none");
      assertRows(await session.rows(table), wanted, { ...own, note: text }, table);
    }
  }),
  dialectCheck("a list of names that can't be used, and rows without a row to keep from, are refused", async (session) => {
    const bad: unknown[] = ["r", [1], ["nothing"], ["id"], ["r"], ["_sdc_deleted_at"]];
    const lines = bad.map((list, id) => partialRecord("s", { id, part: "p", r: "x" }, list)).join("");
    const { summaries } = await session.piped(schema("s", properties, keys) + lines + partial(9, { r: "x" }, []) + state(1), {
      on_error: "reject",
    });
    assertCounts(summaries.get("s"), { received: 7, loaded: 1, rejected: 6 });
    const codes = await session.withRejects(async (rejects) => (await rejects.list({})).map(({ code }) => code));
    assert.deepEqual(
      codes,
      bad.map(() => "unchanged_invalid"),
    );
    const [{ refused } = { refused: 0 }] = await session.replay();
    assert.equal(refused, bad.length, "a replay does not refuse what was refused for its list");
    for (const [table, own, settings] of [
      ["log", keys, { load_method: "append-only" }],
      ["keyless", [], {}],
    ] as const) {
      const input = schema(table, properties, own) + partialRecord(table, { id: 1, part: "p" }, ["r"]) + state(1);
      const { failure } = await session.pipe(input, settings);
      assertRefused(failure, "unchanged_refused");
      const kept = await session.piped(input, { ...settings, on_error: "reject" });
      assertCounts(kept.summaries.get(table), { received: 1, loaded: 0, rejected: 1 });
    }
  }),
  dialectCheck("a rejected record still leaves its columns unchanged when it is replayed", async (session) => {
    const short = { ...properties, r: { ...text, maxLength: 3 } };
    const input = schema("s", short, keys) + records("s", [whole(1, "a", 1, ["x"]), whole(2, "b", 2)]) + partial(1, { r: "too long" });
    await session.piped(input + partial(2, { r: "too long" }) + records("s", [whole(2, "new", 22)]) + state(1), { on_error: "reject" });
    for (const again of [true, false]) {
      const [{ inserted, updated, newer, refused } = {}] = await session.replay({ validate_records: again });
      const wanted = again ? [0, 0, 0, 2] : [0, 1, 1, 0];
      assert.deepEqual([inserted, updated, newer, refused], wanted);
    }
    assertRows(await session.rows("s"), [whole(1, "too long", 1, ["x"]), whole(2, "new", 22)], properties);
  }),
  dialectCheck("columns that are added, widened or kept apart around such records lose no value", async (session) => {
    for (const policy of ["evolve", "new_column"]) {
      const stream = policy;
      const send = (rows: string): string => rows.replaceAll('"stream":"s"', `"stream":"${stream}"`);
      const wide = { ...properties, w: { type: ["null", "integer"] } };
      await session.piped(send(schema("s", properties, keys) + records("s", [whole(1, "a", 1), whole(2, "b", 2), whole(3, "c", 3)])));
      const input =
        partial(1, { r: "a2" }) +
        schema("s", wide, keys) +
        partial(1, { w: 7 }, [...columns]) +
        records("s", [{ ...whole(2, "b2", 22), w: 1, more: true }]) +
        partial(2, { [odd]: 222 }, ["r", "w", "v0"]) +
        partial(3, { w: 5_000_000_000 }, columns) +
        partial(3, { r: "c3", w: null, extra: [1] }, [odd, "v0"]);
      await session.piped(send(schema("s", properties, keys) + input + state(2)), { batch_max_bytes: 1, schema_policy: policy });
      const wanted = [
        { ...whole(1, "a2", 1), w: 7 },
        { ...whole(2, "b2", 222), w: 1 },
        { ...whole(3, "c3", 3), w: null },
      ];
      assertRows(await session.rows(stream), wanted, wide, policy);
    }
  }),
  dialectCheck("all columns of a flattened property are unchanged with it", async (session) => {
    const nested = { id: { type: "integer" }, a: { type: ["null", "object"], properties: { x: text, y: text } }, b: text };
    const flat = { id: { type: "integer" }, a__x: text, a__y: text, b: text };
    const settings = { flattening_enabled: true, flattening_max_depth: 1, on_error: "reject" };
    const input = schema("s", nested, ["id"]) + records("s", [{ id: 1, a: { x: "1", y: "2" }, b: "3" }]);
    const bad = partialRecord("s", { id: 1, a: { x: "new" } }, ["a"]) + partialRecord("s", { id: 1 }, ["a__x"]);
    const { summaries } = await session.piped(input + partialRecord("s", { id: 1, b: "4" }, ["a"]) + bad + state(1), settings);
    assertRows(await session.rows("s"), [{ id: 1, a__x: "1", a__y: "2", b: "4" }], flat);
    assertCounts(summaries.get("s"), { received: 4, rejected: 2 });
  }),
];

const byColumn = (a: { column?: string }, b: { column?: string }): number => (String(a.column) < String(b.column) ? -1 : 1);

/** What records one by one make of the rows. */
class Oracle {
  readonly #marks: boolean;
  readonly #rows = new Map<number, { row: Row; isDeleted: boolean }>();

  constructor(marks: boolean) {
    this.#marks = marks;
  }

  put(row: Row, unchanged: readonly string[] = []): void {
    const id = Number(row.id);
    const known = this.#rows.get(id)?.row ?? {};
    this.#rows.set(id, { row: { ...row, ...Object.fromEntries(unchanged.map((name) => [name, known[name] ?? null])) }, isDeleted: false });
  }

  remove({ _sdc_deleted_at: _, ...row }: Row): void {
    const id = Number(row.id);
    if (this.#marks) this.#rows.set(id, { row: this.#rows.get(id)?.row ?? row, isDeleted: true });
    else this.#rows.delete(id);
  }

  rows(): Row[] {
    return [...this.#rows.values()].map(({ row }) => row);
  }

  deleted(): number[] {
    return [...this.#rows].flatMap(([id, { isDeleted }]) => (isDeleted ? [id] : [])).sort((a, b) => a - b);
  }
}

function anyRecord(random: () => number, oracle: Oracle): string {
  const [id, kind] = [Math.floor(random() * 6), random()];
  const values: Row = { r: `r${random()}`, [odd]: Math.floor(random() * 1e6), v0: random() < 0.3 ? null : [`v${random()}`] };
  const some = columns.filter(() => random() < 0.5);
  const row = { id, part: "p", ...Object.fromEntries(some.map((name) => [name, values[name]])) };
  if (kind < 0.2) {
    oracle.remove(gone(id, row));
    return records("s", [gone(id, row)]);
  }
  if (kind < 0.5) {
    oracle.put(row);
    return records("s", [row]);
  }
  const unchanged = columns.filter((name) => !some.includes(name) && random() < 0.8);
  oracle.put(row, unchanged);
  return partialRecord("s", row, unchanged);
}

async function deletedIds({ connection, schema: place, subject }: DialectSession, table: string): Promise<number[]> {
  const { names } = subject.dialect;
  const name = names.qualify(connection.database, { schema: place, table });
  const rows = await connection.query(`SELECT ${names.quote("id")} FROM ${name} WHERE ${names.quote("_sdc_deleted_at")} IS NOT NULL`);
  return rows.map(([id]) => Number(id)).sort((a, b) => a - b);
}
