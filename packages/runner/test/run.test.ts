import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createStopSwitch } from "../src/process/stop-switch.ts";
import { openProject } from "../src/project/project.ts";
import { describeRun } from "../src/report/summary.ts";
import { openStore } from "../src/state/open-store.ts";
import { bookmarkAt, makeProject, run, stateId } from "./fixture-project.ts";

describe("a run that goes well", () => {
  test("loads every row, keeps the last state and agrees on the counts", async () => {
    const project = makeProject({ rows: 5 });
    const { result } = await run(project);
    expect(result).toMatchObject({ status: "done", failure: null, stateBefore: null });
    expect(result.streams).toMatchObject([{ stream: "items", sent: 5, received: 5, loaded: 5, inserted: 5, inTable: 5 }]);
    expect(result.place).toEqual({ setting: "output", value: join(project.folder, "loaded.txt") });
    expect(project.loaded()).toEqual([1, 2, 3, 4, 5]);
    expect(await project.state()).toEqual(bookmarkAt(5));
    expect(project.leftovers()).toEqual([]);
  });

  test("commits rows after the last STATE, for the input ended whole", async () => {
    const project = makeProject({ rows: 5, state_every: 3 });
    await run(project);
    expect(project.loaded()).toEqual([1, 2, 3, 4, 5]);
    expect(await project.state()).toEqual(bookmarkAt(3));
  });

  test("continues from the bookmark the second time", async () => {
    const project = makeProject({ rows: 4 });
    await run(project);
    const { result } = await run(project);
    expect(result.streams[0]).toMatchObject({ sent: 0 });
    expect(describeRun(result)).toContain("There were no new rows since the last run.");
    expect(project.loaded()).toEqual([1, 2, 3, 4]);
  });

  test("a full refresh starts over and its states replace the old one", async () => {
    const project = makeProject({ rows: 2 });
    await run(project);
    const { result } = await run(project, { fullRefresh: true });
    expect(result).toMatchObject({ status: "done", stateBefore: JSON.stringify(bookmarkAt(2)) });
    expect(project.loaded()).toEqual([1, 2, 1, 2]);
  });

  test("keeps bare states of older targets and warns of lines that are none", async () => {
    const project = makeProject({ rows: 1 }, { bare_state: true, noise: true });
    const { events } = await run(project);
    expect(await project.state()).toEqual(bookmarkAt(1));
    expect(events).toContainEqual(
      expect.objectContaining({ type: "log", level: "warning", message: expect.stringContaining("loaded some rows") }),
    );
  });

  test("plugins that report nothing are not guessed about", async () => {
    const stranger = { env: { STRANGER: "1" } };
    const project = makeProject({ rows: 2, summary: false }, { summary: false }, { tap: stranger, target: stranger });
    const { result } = await run(project);
    expect(result).toMatchObject({ status: "done", streams: [], place: null });
  });

  test("Singer's metric lines count as reported", async () => {
    const project = makeProject({ rows: 2, summary: false, metrics: true }, { summary: false });
    const { result } = await run(project);
    expect(result.streams).toMatchObject([{ sent: 2, received: null, loaded: null, inTable: null }]);
  });

  test("config files are for the user's eyes only while it runs", async () => {
    const project = makeProject({ rows: 1, say: ["here"] });
    const modes: number[] = [];
    await run(project, {
      onEvent(event) {
        if (event.type !== "log" || event.message !== "here") return;
        const folder = join(project.folder, ".tapline", "running", project.leftovers()[0] ?? "");
        modes.push(statSync(folder).mode & 0o777, statSync(join(folder, "tap.config.json")).mode & 0o777);
      },
    });
    expect(modes).toEqual([0o700, 0o600]);
  });
});

describe("a tap that fails", () => {
  test("its error is the cause, and rows after the last STATE are not committed", async () => {
    // The pause lets the target start: before it listens to signals it would not report one.
    const project = makeProject({ rows: 9, state_every: 2, die_at: 5, die_by: "error", pause_ms: 100 });
    const { result } = await run(project);
    expect(result.status).toBe("failed");
    expect(result.failure).toMatchObject({ plugin: "tap-test", code: "cell_invalid", position: { file: "items.csv", line: 7 } });
    expect(project.signals()).toEqual(["target SIGTERM"]);
    expect(project.loaded()).not.toContain(5);
    expect(project.leftovers()).toEqual([]);
  });

  test("a tap killed with -9 never looks finished", async () => {
    const project = makeProject({ rows: 9, state_every: 2, die_at: 5, die_by: "kill" });
    const { result } = await run(project);
    expect(result.failure).toMatchObject({ plugin: "tap-test", code: "plugin_killed", message: expect.stringContaining("SIGKILL") });
    expect(project.loaded()).not.toContain(5);
  });

  test("a stranger's last words are the cause", async () => {
    const project = makeProject({ rows: 2, die_at: 1 });
    const { result } = await run(project);
    expect(result.failure).toMatchObject({ plugin: "tap-test", message: expect.stringContaining("ValueError: no such thing") });
  });

  test("a target that ignores SIGTERM is killed before its input ends", async () => {
    const project = makeProject({ rows: 3, state_every: 9, die_at: 3, die_by: "error", pause_ms: 20 }, { ignore_signals: true });
    const { result } = await run(project, { grace: { targetMs: 200 } });
    expect(result.failure).toMatchObject({ code: "cell_invalid" });
    expect(project.loaded()).toEqual([]);
  });
});

describe("a target that fails", () => {
  test("its error is the cause, not the tap's broken pipe", async () => {
    const project = makeProject({ rows: 100_000 }, { die_at: 3, die_by: "error", rollback_ms: 300 });
    const { result } = await run(project);
    expect(result.failure).toMatchObject({ plugin: "target-test", code: "disk_full" });
    expect(project.signals()).not.toContain("target SIGTERM");
  });

  test("killed with -9: the tap is stopped and the last whole STATE is kept", async () => {
    const project = makeProject({ rows: 1000, pause_ms: 5 }, { die_at: 4, die_by: "kill" });
    const { result } = await run(project);
    expect(result.failure).toMatchObject({ plugin: "target-test", code: "plugin_killed" });
    expect(await project.state()).toEqual(bookmarkAt(3));
    expect(project.loaded()).toEqual([1, 2, 3]);
  });

  test("half a STATE line is ignored", async () => {
    const project = makeProject({ rows: 1000, pause_ms: 2 }, { die_at: 3, die_by: "half_state" });
    const { result } = await run(project);
    expect(result.status).toBe("failed");
    expect(await project.state()).toEqual(bookmarkAt(2));
  });

  test("that leaves early with 0 has failed all the same", async () => {
    const project = makeProject({ rows: 1000, pause_ms: 2 }, { die_at: 3, die_by: "leave" });
    const { result } = await run(project);
    expect(result.failure).toMatchObject({ plugin: "target-test", code: "target_ended_early" });
  });

  test("a tap that ignores SIGTERM is killed", async () => {
    const project = makeProject({ rows: 1000, pause_ms: 50, ignore_signals: true, state_every: 2000 }, { fail_at_start: true });
    const { result } = await run(project, { grace: { tapMs: 100 } });
    expect(result.failure).toMatchObject({ plugin: "target-test", code: "file_locked" });
  });
});

describe("counts", () => {
  test.each([
    ["the tap sent more than the target received", { sent_extra: 1 }, {}, "The tap sent 4 rows, the target received 3"],
    ["the target accounts for fewer than it received", {}, { loaded_extra: -1 }, "accounts for 2"],
  ])("%s: the run fails though both exit with 0", async (_name, tap, target, problem) => {
    const { result } = await run(makeProject({ rows: 3, ...tap }, target));
    expect(result.failure).toMatchObject({ plugin: "tapline", code: "counts_disagree", message: expect.stringContaining(problem) });
    expect(result.failure?.position).toEqual({ stream: "items" });
  });
});

describe("stopping", () => {
  test("each plugin gets the signal once, and a state that comes while stopping is kept", async () => {
    const project = makeProject(
      { rows: 1000, pause_ms: 10, state_every: 2000, say: ["up"] },
      { state_when_stopped: bookmarkAt(77), say: ["up"] },
    );
    const stop = createStopSwitch();
    let up = 0;
    const { result } = await run(project, {
      stop,
      onEvent(event) {
        // Both have their handlers by then; before that a signal kills without a word.
        if (event.type === "log") up++;
        if (up < 2) return;
        stop.stop("SIGINT");
        stop.stop("SIGINT");
      },
    });
    expect(result).toMatchObject({ status: "stopped", failure: { code: "run_stopped" } });
    expect(project.signals().sort()).toEqual(["tap SIGINT", "target SIGINT"]);
    expect(await project.state()).toEqual(bookmarkAt(77));
    expect(project.loaded()).toEqual([]);
  });
});

describe("secrets", () => {
  test("are in no log line, no error and not in the history", async () => {
    const secrets = { key_phrase: "open-sesame", password: "hunter2!" };
    const project = makeProject({
      rows: 1,
      die_at: 1,
      ...secrets,
      say: ["log in with open-sesame", "postgres://me:s3cretpw@db/x hunter2!"],
    });
    const { result, events } = await run(project);
    const recorded = JSON.stringify([result, events]) + readFileSync(join(project.folder, ".tapline", "tapline.db"), "latin1");
    for (const secret of ["open-sesame", "hunter2!", "s3cretpw"]) expect(recorded).not.toContain(secret);
    expect(recorded).toContain("log in with ***");
  });
});

describe("history", () => {
  test("shows how each run ended", async () => {
    const project = makeProject({ rows: 2 });
    const { result } = await run(project);
    await using store = await openStore(openProject(project.folder), "dev");
    expect(await store.state(stateId)).toMatchObject({ runId: result.runId });
  });
});
