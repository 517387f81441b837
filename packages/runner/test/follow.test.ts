/** Runs that follow: the tap stays, hears which states are stored, and ends whole when a person stops the run. */
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { RunEvent } from "../src/model/run-event.ts";
import { createStopSwitch } from "../src/process/stop-switch.ts";
import { makeProject, run } from "./fixture-project.ts";

const executable = fileURLToPath(new URL("../../sdk/test/fixtures/tap-follow.mjs", import.meta.url));
const target = fileURLToPath(new URL("fixtures/target.mjs", import.meta.url));
const project = (tap: object = {}) => makeProject(tap, {}, { tap: { executable, config: tap }, target: { executable: target } });

/** The states that the tap heard of, each with the row that it had come to. */
const heard = (events: readonly RunEvent[]): number[][] =>
  events.flatMap((event) =>
    event.type === "log" && event.message.startsWith("durable ") ? [event.message.split(" ").slice(1).map(Number)] : [],
  );

describe("a run that follows", () => {
  test.each(["SIGINT", "SIGTERM"] as const)("goes on until %s, and then ends whole: no row is left out, and it is done", async (signal) => {
    const its = project();
    const stop = createStopSwitch();
    const { result, events } = await run(its, {
      follows: true,
      stop,
      onEvent(event) {
        if (heard([event]).some(([state = 0]) => state >= 20)) stop.stop(signal);
      },
    });
    expect(result).toMatchObject({ status: "done", failure: null });
    const rows = its.loaded();
    const last = rows.at(-1) as number;
    expect(last).toBeGreaterThanOrEqual(20);
    expect(last % 2).toBe(0);
    expect(rows).toEqual(Array.from({ length: last }, (_, n) => n + 1));
    expect(await its.state()).toMatchObject({ bookmarks: { items: { id: last } } });
    const states = heard(events);
    expect(states.length).toBeGreaterThan(2);
    // A state is stored only after it was sent, and it comes while the tap reads.
    for (const [state = 0, at = 0] of states) expect(state).toBeLessThanOrEqual(at);
    expect(events).toContainEqual(expect.objectContaining({ type: "progress", lag: { seconds: 0.25, bytes: 7 } }));
    // The next run goes on where it ended.
    expect((await run(its)).result.streams.find(({ stream }) => stream === "items")?.sent).toBe(0);
  });

  test("that does not end in time is stopped, at its last STATE", async () => {
    const its = project({ slow_end_ms: 60_000 });
    const stop = createStopSwitch();
    const { result } = await run(its, {
      follows: true,
      stop,
      grace: { tapMs: 500 },
      onEvent(event) {
        if (heard([event]).some(([state = 0]) => state >= 6)) stop.stop("SIGTERM");
      },
    });
    expect(result).toMatchObject({ status: "stopped", failure: { code: "run_stopped" } });
  });

  test("is stopped, and not asked, by a limit", async () => {
    const its = project();
    const stop = createStopSwitch();
    const { result } = await run(its, {
      follows: true,
      stop,
      onEvent(event) {
        if (heard([event]).some(([state = 0]) => state >= 6)) stop.stop("SIGTERM", "its timeout");
      },
    });
    expect(result).toMatchObject({ status: "stopped", failure: { code: "run_stopped" } });
  });

  test("a run that does not follow hears of stored states too, and ends by itself", async () => {
    const { result } = await run(project({ rows: 40 }));
    expect(result).toMatchObject({ status: "done" });
  });
});
