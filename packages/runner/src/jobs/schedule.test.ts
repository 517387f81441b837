import { expect, test } from "vitest";
import { runInOrder, type Task } from "./schedule.ts";

/** Runs tasks that each last a turn, and notes which ran at the same time. */
async function watch(tasks: readonly (Partial<Task> & { fails?: boolean })[], maxParallel = 9, stopAfter = 99) {
  const running = new Set<number>();
  const seen: string[] = [];
  const outcomes = await runInOrder(
    tasks.map(({ after = [], writesTo = [], fails = false }, index) => ({
      after,
      writesTo,
      async run() {
        running.add(index);
        await new Promise((resolve) => setTimeout(resolve, 5));
        seen.push([...running].join("+"));
        running.delete(index);
        return !fails;
      },
    })),
    { maxParallel, isStopped: () => seen.length >= stopAfter },
  );
  return { outcomes, together: seen };
}

test("what waits for nothing runs side by side, what waits runs after", async () => {
  const { outcomes, together } = await watch([{}, {}, { after: [0, 1] }]);
  expect(together).toEqual(["0+1", "1", "2"]);
  expect(outcomes).toEqual(["done", "done", "done"]);
});

test("no more run at a time than are allowed", async () => {
  const { together } = await watch([{}, {}, {}], 1);
  expect(together).toEqual(["0", "1", "2"]);
});

test("two that write to one place take turns, a third does not wait for them", async () => {
  const { together } = await watch([{ writesTo: ["a"] }, { writesTo: ["c", "a"] }, { writesTo: ["b"] }]);
  expect(together).toEqual(["0+2", "2+1", "1"]);
});

test("what waits for a failure is skipped, what does not still runs", async () => {
  const { outcomes } = await watch([{ fails: true }, { after: [0] }, { after: [1] }, {}]);
  expect(outcomes).toEqual(["failed", "skipped", "skipped", "done"]);
});

test("after a stop nothing more is started", async () => {
  const { outcomes } = await watch([{}, { after: [0] }], 9, 1);
  expect(outcomes).toEqual(["done", "skipped"]);
});
