/** Queries of a target as a program: the answer to `--query`, of targets whose `--about` lists `query`. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { readQueryLine } from "@tapline/protocol";
import { type Check, temporaryFolder } from "../check.ts";
import { events } from "../events.ts";
import type { Ended } from "../plugin-process.ts";
import { orderProperties, orders, schema, state } from "./input.ts";
import { capabilitiesOf, TargetSession, type TargetUnderTest } from "./subject.ts";

export const queryChecks: readonly Check<TargetUnderTest>[] = [
  {
    name: "--query prints the rows of a stream, as many as asked for, and changes nothing",
    async run(subject) {
      using folder = temporaryFolder();
      const session = new TargetSession(subject, folder.path);
      if (!(await capabilitiesOf(session)).includes("query")) return;
      const ask = async (query: object): Promise<Ended> => {
        const path = join(folder.path, "kit-query.json");
        writeFileSync(path, JSON.stringify(query));
        await using target = session.start({}, ["--query", path]);
        target.end();
        return await target.ended();
      };
      await session.load(schema("orders", orderProperties, ["id"]) + orders(1, 250) + state(1));
      const all = answerOf(await ask({ stream: "orders" }));
      assert.deepEqual([all.columns, all.end], [Object.keys(orderProperties), { kind: "end", rows: 250, more: 0 }]);
      const ids = all.rows.map(([id]) => Number(id)).sort((a, b) => a - b);
      assert.deepEqual(
        ids,
        Array.from({ length: 250 }, (_, index) => index + 1),
      );
      assert.ok(
        all.rows.every(([id, item]) => item === JSON.stringify(`item ${id}`)),
        "a cell is not of its row",
      );
      const some = answerOf(await ask({ stream: "orders", limit: 150 }));
      assert.deepEqual([some.rows.length, some.end], [150, { kind: "end", rows: 150, more: 100 }]);
      const missing = await ask({ stream: "no_such_stream" });
      assert.ok(missing.code !== 0, "it ends with 0 for a stream that was never loaded");
      assert.ok(
        events(missing.stderr).some(({ type, hint }) => type === "error" && hint !== undefined),
        "no error with a hint for a stream that was never loaded",
      );
      assert.equal((await session.rows("orders")).length, 250);
    },
  },
];

function answerOf({ code, stdout, stderr }: Ended) {
  assert.equal(code, 0, `--query ended with ${code}: ${stderr}`);
  const lines = stdout.split("\n").slice(0, -1).map(readQueryLine);
  const [first, last] = [lines[0], lines.at(-1)];
  assert.ok(first?.kind === "columns", "the first line does not have the columns");
  const rows = lines.slice(1, -1).map((line) => {
    assert.ok(line?.kind === "row", "a line between the first and the last is no row");
    return line.cells;
  });
  return { columns: first.columns.map(({ name }) => name), rows, end: last };
}
