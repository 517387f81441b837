/** Checks before the one commit of a load: when they are asked, and what a load without that commit leaves. */
import { type Check, type CheckFound, capabilities } from "@tapline/protocol";
import { expect, test } from "vitest";
import { memoryTarget, pieces, row, schema, settings, state } from "../../../test/memory-target.ts";
import type { Target } from "../define.ts";
import { load } from "../load.ts";

const check: Check = { id: "c", stream: "s", on_fail: "stop", show_values: false, keys: [], rule: "row_count", max: 3 };

/** The target counts all rows that it holds. */
async function run(text: string, checks: readonly Check[] = [check], able = [capabilities.commitChecks]) {
  const { target: plain, durable, log } = memoryTarget();
  const asked: number[] = [];
  const target = {
    ...(plain as unknown as Target),
    capabilities: able as string[],
    async open(config: never) {
      const sink = await plain.open(config);
      const rows = (): number => log.filter((line) => line.startsWith("write")).reduce((sum, line) => sum + Number(line.split(" ")[2]), 0);
      return Object.assign(sink, {
        async *check(some: readonly Check[]): AsyncGenerator<CheckFound> {
          asked.push(rows());
          for (const { id } of some) yield { id, status: rows() > 3 ? "failed" : "passed", found: String(rows()), first: [] };
        },
      });
    },
  } satisfies Target;
  const states: unknown[] = [];
  const told: CheckFound[] = [];
  let error: unknown;
  const config = settings({ commit_checks: [...checks], batch_size_rows: 1, commit_after_ms: 0 });
  try {
    for await (const value of load(target, config, pieces(text, 20), { onCheck: (each) => void told.push(each) })) states.push(value);
  } catch (thrown) {
    error = thrown;
  }
  return { durable, states, told, error, asked };
}

const three = schema("s") + row("s", 1) + state(1) + row("s", 2) + state(2) + row("s", 3);

test("they are asked once, at the end, and all rows are committed there", async () => {
  const { durable, states, told, error, asked } = await run(three);
  expect([error, asked, states]).toEqual([undefined, [3], [2]]);
  expect(durable).toEqual(["s1", "s2", "s3"]);
  expect(told).toEqual([{ id: "c", status: "passed", found: "3", first: [] }]);
});

test("where one does not hold, nothing is committed and no STATE is emitted", async () => {
  const { durable, states, told, error } = await run(three + row("s", 4));
  expect(error).toMatchObject({ code: "commit_checks_failed", class: "data" });
  expect((error as Error).message).toContain("s: the number of rows is at most 3: but it is 4");
  expect([durable, states, told.length]).toEqual([[], [], 1]);
});

test("an input that breaks leaves nothing, and is not checked", async () => {
  const { durable, states, error, asked } = await run(`${three}no message\n`);
  expect(error).toMatchObject({ class: "protocol" });
  expect([durable, states, asked]).toEqual([[], [], []]);
});

test("rows of the run are counted without asking the target", async () => {
  const { durable, told, asked } = await run(three, [{ ...check, of: "run" }]);
  expect([durable.length, told[0]?.found, asked]).toEqual([3, "3", []]);
});

test("a target that can't is refused before it reads a line", async () => {
  const { durable, error } = await run(three, [check], []);
  expect(error).toMatchObject({ code: "commit_checks_unsupported" });
  expect(durable).toEqual([]);
});

test("a row that stops such a load leaves nothing, and the hint says so", async () => {
  const { target, durable } = memoryTarget();
  const stop: Check = { ...check, id: "r", rule: "range", column: "id", max: 1 } as Check;
  const text = schema("s") + row("s", 1) + state(1) + row("s", 2) + state(2);
  const states = async (more: object): Promise<[number, string]> => {
    const config = settings({ checks: [stop], batch_size_rows: 1, ...more });
    const found: unknown[] = [];
    const failure = await (async () => {
      for await (const value of load(target as unknown as Target, config, pieces(text, 20))) found.push(value);
    })().catch((error: { hint: string }) => error);
    return [found.length, (failure as { hint: string }).hint];
  };
  expect(await states({ load_method: "overwrite" })).toEqual([0, expect.stringContaining("nothing of this run is loaded")]);
  expect(durable).toEqual([]);
  expect(await states({})).toEqual([1, expect.stringContaining("rows before the last bookmark are loaded")]);
});
