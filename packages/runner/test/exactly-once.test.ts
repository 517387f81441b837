import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { readTargetFacts, targetVariable } from "@tapline/protocol";
import { testDatabase } from "@tapline/testing/postgres";
import { describe, expect, test } from "vitest";
import { openProject } from "../src/project/project.ts";
import { openStore } from "../src/state/open-store.ts";
import { bookmarkAt, type LedgerProject, makeLedgerProject, makeProject, run, runAlone, stateId } from "./fixture-project.ts";

const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);
/** The tap has more to send when the runner dies: it is never reported that it ended whole. */
const killedAt = (last: number): LedgerProject => makeLedgerProject({ rows: 9, hang_at: 8 }, { kill_runner_at: last });
const calm = { kill_runner_at: undefined, kill_runner_when_asked: undefined, ask_fails: undefined };
const calmTap = { hang_at: undefined };

describe("kill -9 of the runner between a commit and the saved state", () => {
  test("the next run continues from the ledger: nothing is lost and nothing doubled", async () => {
    const project = killedAt(4);
    expect(await runAlone(project)).toBe("SIGKILL");
    expect(await project.state()).not.toEqual(bookmarkAt(4));
    project.change(calm, calmTap);
    const { result, events } = await run(project);
    expect(result).toMatchObject({ status: "done", stateBefore: JSON.stringify(bookmarkAt(4)), delivery: { exactlyOnce: true } });
    expect(events).toContainEqual(
      expect.objectContaining({ message: expect.stringContaining("the last rows that it stored in the target") }),
    );
    expect(project.rows()).toEqual(upTo(9));
  });

  test.each(["file", "postgres"])("also with states in %s", async (backend) => {
    const { host, port, user, password, database } = await testDatabase();
    const project = killedAt(4);
    project.keepIn({ backend, ...(backend === "postgres" ? { url: `postgresql://${user}:${password}@${host}:${port}/${database}` } : {}) });
    expect(await runAlone(project)).toBe("SIGKILL");
    project.change({ ...calm, kill_runner_when_asked: true });
    expect(await runAlone(project)).toBe("SIGKILL");
    project.change(calm, calmTap);
    expect((await run(project)).result).toMatchObject({ status: "done", stateBefore: JSON.stringify(bookmarkAt(4)) });
    expect(project.rows()).toEqual(upTo(9));
  });

  test("also when the input had ended whole", async () => {
    const project = makeLedgerProject({ rows: 6, state_every: 4 }, { kill_runner_at: 4, wait_for_whole: true });
    expect(await runAlone(project)).toBe("SIGKILL");
    await expect.poll(() => project.rows()).toEqual(upTo(6));
    project.change(calm);
    const { result } = await run(project);
    expect(result).toMatchObject({ stateBefore: JSON.stringify(bookmarkAt(4)) });
  });

  test("both plugins stop by the end of the control pipe", async () => {
    const project = killedAt(3);
    await runAlone(project);
    await expect.poll(() => project.signals().sort(), { timeout: 5000 }).toEqual(["tap control end", "target control end"]);
    expect(project.rows()).toEqual(upTo(3));
  });

  test("several deaths in a row change nothing", async () => {
    const project = killedAt(4);
    await runAlone(project);
    // While it asks, before it could save what it was reported: that run must not hide the one before it.
    project.change({ ...calm, kill_runner_when_asked: true });
    expect(await runAlone(project)).toBe("SIGKILL");
    expect(await runAlone(project)).toBe("SIGKILL");
    project.change({ ...calm, ask_fails: true });
    expect((await run(project)).result.status).toBe("failed");
    // While it loads, after it saved the ledger's state: first before its first commit, then after one.
    project.change({ ...calm, kill_runner_at_start: true });
    expect(await runAlone(project)).toBe("SIGKILL");
    project.change({ kill_runner_at_start: undefined, kill_runner_at: 7 });
    expect(await runAlone(project)).toBe("SIGKILL");
    project.change(calm, calmTap);
    await run(project);
    expect(project.rows()).toEqual(upTo(9));
  });

  test("a state that was set in between wins", async () => {
    const project = killedAt(4);
    await runAlone(project);
    {
      await using store = await openStore(openProject(project.folder), "dev");
      await store.change([{ stateId, runId: "by-hand", kind: "set", value: JSON.stringify(bookmarkAt(2)) }]);
    }
    // The last run is the change by hand, so nothing is asked.
    project.change({ ...calm, ask_fails: true, fail_at_start: true }, calmTap);
    expect((await run(project)).result.failure).toMatchObject({ message: "the server went away" });
    // Now the last one is a run that committed nothing: the ledger answers, with an older run's state.
    project.change({ ask_fails: undefined, fail_at_start: undefined });
    expect((await run(project)).result.status).toBe("done");
    expect(project.rows()).toEqual([1, 2, 3, 4, 3, 4, 5, 6, 7, 8, 9]);
  });

  test("a full refresh starts over, and one that dies before its first commit leaves the state it found", async () => {
    const project = killedAt(4);
    await runAlone(project);
    project.change({ ...calm, fail_at_start: true }, calmTap);
    const failed = await run(project, { fullRefresh: true });
    expect(failed.events).toContainEqual(expect.objectContaining({ type: "run_started", fullRefresh: true, state: null }));
    project.change({ fail_at_start: undefined });
    await run(project);
    expect(project.rows()).toEqual(upTo(9));
    await run(project, { fullRefresh: true });
    expect(project.rows()).toEqual([...upTo(9), ...upTo(9)]);
  });

  test("a leftover that nobody noted can't commit after its successor", async () => {
    const project = makeLedgerProject({ rows: 6, hang_at: 5 }, { outlives_runner: 4 });
    await runAlone(project);
    const database = new DatabaseSync(join(project.folder, ".tapline", "tapline.db"));
    database.exec("UPDATE runs SET children = '[]'");
    database.close();
    project.change({ outlives_runner: undefined }, calmTap);
    expect((await run(project)).result.status).toBe("done");
    writeFileSync(join(project.folder, "loaded.txt.go"), "");
    await expect.poll(() => project.signals()).toContain("target run_superseded");
    expect(project.rows()).toEqual(upTo(6));
  });
});

describe("a full refresh whose connection is lost after a commit", () => {
  test("continues from that commit when it is tried again", async () => {
    const project = makeLedgerProject({ rows: 6 }, { lose_connection_at: 4 });
    const first = (await run(project, { fullRefresh: true })).result;
    expect(first).toMatchObject({ status: "failed", failure: { code: "connection_lost" } });
    const { result } = await run(project, { fullRefresh: true, earlierTries: [first.runId] });
    expect(result.status).toBe("done");
    expect(project.rows()).toEqual(upTo(6));
  });
});

describe("asking the ledger", () => {
  test("a target that can't answer fails the run with its own error, and nothing is loaded", async () => {
    const project = killedAt(4);
    await runAlone(project);
    project.change({ ...calm, ask_fails: true });
    const { result } = await run(project);
    expect(result.failure).toMatchObject({ plugin: "target-test", code: "connection_lost", recovery: "retry" });
    expect(project.rows()).toEqual(upTo(4));
  });

  test.each(["", "hello", '{"state_id":"another","run_id":null,"state":null}'])("an answer that is none is refused: %j", async (answer) => {
    const project = makeLedgerProject({ rows: 6, die_at: 4 });
    await run(project);
    project.change({ ask_prints: answer });
    const { result } = await run(project);
    expect(result.failure).toMatchObject({ plugin: "target-test", code: "last_state_unreadable" });
  });

  test("is not done after a run that is done", async () => {
    const project = makeLedgerProject({ rows: 2 });
    await run(project);
    project.change({ ask_fails: true });
    expect((await run(project)).result.status).toBe("done");
  });

  test("digits of a state arrive as they were", async () => {
    const project = makeLedgerProject({ rows: 3 }, { lose_connection_at: 2 });
    const { result } = await run(project);
    const ledgerId = (store: string): string => `${stateId}@${store.slice(0, 8)}`;
    await using store = await openStore(openProject(project.folder), "dev");
    const database = new DatabaseSync(join(project.folder, "loaded.txt"));
    const state = '{"bookmarks":{"items":{"replication_key_value":3,"big":12345678901234567891}}}';
    database.prepare("UPDATE ledger SET state = ?, run_id = ? WHERE state_id = ?").run(state, result.runId, ledgerId(store.id));
    database.close();
    expect((await run(project)).result.stateBefore).toBe(state);
  });
});

describe("what a plugin is reported", () => {
  test("one that lists no capability gets neither ids nor a control pipe, not even an outer run's", async () => {
    process.env.TAPLINE_CONTROL_FD = "3";
    try {
      const { result, events } = await run(makeProject({ rows: 1 }, { say_start: true }, { tap: { env: { STRANGER: "1" } } }));
      expect(events).toContainEqual(expect.objectContaining({ message: expect.stringContaining('"control":null') }));
      expect(JSON.stringify(events)).not.toMatch(/state_id|run_id/);
      expect(result).toMatchObject({ status: "done", delivery: { exactlyOnce: false, reason: "the target keeps no ledger" } });
    } finally {
      delete process.env.TAPLINE_CONTROL_FD;
    }
  });

  test("a tap receives the target's capabilities and load method; an outer run's never reach a plugin", async () => {
    process.env.TAPLINE_TARGET = "outer";
    try {
      const { result, events } = await run(makeProject({ rows: 1, say_start: true }, { load_method: "append-only", say_start: true }));
      const starts = events.flatMap((event) => (event.type === "log" && event.message.startsWith("start ") ? [event] : []));
      const targetIn = (plugin: string): string | null =>
        JSON.parse(starts.find((event) => event.plugin === plugin)?.message.slice("start ".length) ?? "{}").target;
      expect(readTargetFacts({ [targetVariable]: targetIn("tap-test") ?? "" })).toEqual({ capabilities: [], load_method: "append-only" });
      expect([result.status, targetIn("target-test")]).toEqual(["done", null]);
    } finally {
      delete process.env.TAPLINE_TARGET;
    }
  });

  test("a target whose input ended whole commits the rows after the last STATE", async () => {
    const project = makeLedgerProject({ rows: 5, state_every: 3 });
    expect((await run(project)).result).toMatchObject({ status: "done", streams: [{ loaded: 5, deleted: 1, rejects: "items__rejects" }] });
    expect(project.rows()).toEqual(upTo(5));
  });

  test("what a target reports about its ledger and its rejects is in the result", async () => {
    const project = makeLedgerProject({ rows: 5 }, { no_ledger: "the role may not create the table", rejected: 2 });
    const { result } = await run(project);
    expect(result.delivery).toEqual({ exactlyOnce: false, reason: "the role may not create the table" });
    expect(result.status).toBe("warning");
    expect(result.warnings).toEqual(["items: 2 rows were rejected; see the table items__rejects, or: tapline rejects list"]);
  });

  test("a tap into a target that writes whole tables gets no state, and the state is kept all the same", async () => {
    const project = makeLedgerProject({ rows: 3 }, { load_method: "overwrite" });
    await run(project);
    const { result, events } = await run(project);
    expect(result).toMatchObject({ overwrite: true, streams: [{ sent: 3 }] });
    expect(events).toContainEqual(expect.objectContaining({ type: "run_started", overwrite: true, state: null }));
    expect(await project.state()).toEqual(bookmarkAt(3));
  });
});
