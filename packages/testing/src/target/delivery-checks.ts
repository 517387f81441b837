/** STATE is a promise: it is emitted, in order, after the rows before it are durable, and no row after it is kept when the input breaks. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { parseExact, type Row } from "@tapline/protocol";
import { type Check, temporaryFolder } from "../check.ts";
import { assertRows } from "../rows.ts";
import { orderProperties, orderRows, orderSchema, orders, records, state, statesIn, stateValue } from "./input.ts";
import { TargetSession, type TargetUnderTest } from "./subject.ts";

/** The rows after a STATE must have reached the target before it is stopped. Nothing shows that from outside, so the check waits. */
const restMs = 150;
/** The same, from the start of the process. */
const startMs = 1500;

export const deliveryChecks: readonly Check<TargetUnderTest>[] = [
  {
    name: "emits STATEs in order, each at most once, and always the last one",
    async run(subject) {
      using folder = temporaryFolder();
      const session = new TargetSession(subject, folder.path);
      await using target = session.startPromptly();
      target.write(orderSchema() + [1, 2, 3, 4, 5].map((at) => orders(at, at) + state(at)).join(""));
      target.end();
      const { code, stdout } = await target.ended();
      assert.equal(code, 0);
      const emitted = statesIn(stdout).map((value) => JSON.stringify(value));
      const sent = [1, 2, 3, 4, 5].map((at) => JSON.stringify(stateValue(at)));
      assert.deepEqual(
        emitted,
        sent.filter((value) => emitted.includes(value)),
        "the STATEs emitted are not the STATEs sent, in their order",
      );
      assert.equal(emitted.at(-1), sent.at(-1), "the last STATE was not emitted");
    },
  },
  {
    name: "emits a STATE's value as it was sent",
    async run(subject) {
      using folder = temporaryFolder();
      const session = new TargetSession(subject, folder.path);
      const value = '{"bookmarks":{"orders":{"id":9007199254740993,"at":null,"name":"Zürich\\n","done":[true,{"":0.1}]}},"extra":""}';
      const { stdout } = await session.load(`${orderSchema()}${orders(1, 1)}{"type":"STATE","value":${value}}\n`);
      assert.deepEqual(canonical(stdout), canonical(value));
    },
  },
  {
    name: "emits a STATE only when every row before it can be read",
    async run(subject) {
      using folder = temporaryFolder();
      const session = new TargetSession(subject, folder.path);
      await using target = session.startPromptly();
      for (const at of [1, 2, 3]) {
        target.write((at === 1 ? orderSchema() : "") + orders(at * 10, at * 10 + 9) + state(at));
        await target.lines(at);
        assertRows(await session.rowsOrNone("orders"), orderRows(10, at * 10 + 9), orderProperties, `rows before STATE ${at}`);
      }
    },
  },
  {
    name: "a STATE covers the rows of all streams: they are there when the target is killed right after it",
    async run(subject) {
      using folder = temporaryFolder();
      const session = new TargetSession(subject, folder.path);
      await using target = session.startPromptly();
      target.write(orderSchema() + orderSchema("returns") + orders(1, 50) + orders(51, 60, "returns") + state(1));
      await target.lines(1);
      target.kill("SIGKILL");
      await target.ended();
      assertRows(await session.rowsOrNone("orders"), orderRows(1, 50), orderProperties, "orders");
      assertRows(await session.rowsOrNone("returns"), orderRows(51, 60), orderProperties, "returns");
    },
  },
  {
    name: "a quiet input delays no STATE whose rows are due",
    async run(subject) {
      using folder = temporaryFolder();
      const session = new TargetSession(subject, folder.path);
      await using target = session.startPromptly();
      target.write(orderSchema() + orders(1, 1) + state(1));
      assert.deepEqual(statesIn((await target.lines(1)).join("\n")), [stateValue(1)]);
    },
  },
  {
    name: "after SIGKILL the next run continues from the last STATE: no row is lost or doubled",
    async run(subject) {
      using folder = temporaryFolder();
      const session = new TargetSession(subject, folder.path);
      const method = subject.loadMethods?.includes("append-only") === false ? {} : { load_method: "append-only" };
      {
        await using target = session.startPromptly(method);
        target.write(orderSchema() + orders(1, 20) + state(1));
        await target.lines(1);
        target.write(orders(21, 40));
        await sleep(restMs);
        target.kill("SIGKILL");
        await target.ended();
      }
      await session.load(orderSchema() + orders(21, 45) + state(2), method);
      assertRows(await session.rows("orders"), orderRows(1, 45), orderProperties);
    },
  },
  {
    name: "SIGTERM: exits 143 in time and keeps the rows before the last STATE it emitted, and no others",
    async run(subject) {
      using folder = temporaryFolder();
      const session = new TargetSession(subject, folder.path);
      await using target = session.startPromptly();
      target.write(orderSchema() + orders(1, 20) + state(1));
      await target.lines(1);
      target.write(orders(21, 30));
      await sleep(restMs);
      target.kill("SIGTERM");
      const { code, signal, stdout } = await target.ended();
      assert.equal(code, 143, `the target ended with ${code ?? signal}, not 143`);
      assert.deepEqual(statesIn(stdout), [stateValue(1)], "it emitted other STATEs than the one it received");
      assertRows(await session.rows("orders"), orderRows(1, 20), orderProperties);
    },
  },
  {
    name: "stopped by SIGTERM before a commit was due, it emits the STATE and keeps the rows before it, or emits none and keeps none",
    async run(subject) {
      using folder = temporaryFolder();
      const session = new TargetSession(subject, folder.path);
      await using target = session.start();
      target.write(orderSchema() + orders(1, 20) + state(1) + orders(21, 30));
      await sleep(startMs);
      target.kill("SIGTERM");
      const { stdout } = await target.ended();
      const emitted = statesIn(stdout);
      assert.ok(emitted.length <= 1, "it emitted more than the one STATE it received");
      assertRows(await session.rowsOrNone("orders"), emitted.length === 0 ? [] : orderRows(1, 20), orderProperties);
    },
  },
  {
    name: "a signal amid a large input, with its default settings: it keeps the rows before the last STATE, and no others",
    async run(subject) {
      for (const [signal, exitCode] of [
        ["SIGINT", 130],
        ["SIGTERM", 143],
      ] as const) {
        using folder = temporaryFolder();
        const session = new TargetSession(subject, folder.path);
        await using target = session.start();
        target.write(orderSchema());
        for (let at = 1; at <= 3; at++) target.write(records("orders", wideRows(at)) + state(at));
        // More than before the STATE, and with that more than the memory budget of targets that use our SDK.
        for (let at = 4; at <= 9; at++) target.write(records("orders", wideRows(at)));
        await target.flushed();
        target.kill(signal);
        const { code, stdout } = await target.ended();
        assert.equal(code, exitCode, `after ${signal} the target ended with ${code}, not ${exitCode}`);
        assert.deepEqual(statesIn(stdout).at(-1), stateValue(3), `after ${signal} it did not emit the last STATE`);
        assertRows(await session.rowsOrNone("orders"), [1, 2, 3].flatMap(wideRows), orderProperties, `rows after ${signal}`);
      }
    },
  },
  brokenBy("a line that is not a message", () => `${orders(21, 30)}no message\n${orders(31, 40)}${state(2)}`),
  brokenBy("a RECORD of a stream without SCHEMA", () => `${orders(21, 30)}${orders(1, 1, "unheard_of")}${state(2)}`),
  brokenBy("an input cut in the middle of a line", () => (orders(21, 30) + state(2)).slice(0, -15)),
];

/** 4 MiB of rows. */
function wideRows(part: number): Row[] {
  return Array.from({ length: 4096 }, (_, at) => ({ id: part * 10_000 + at, item: `${at} ${"x".repeat(960)}` }));
}

/** JSON in one spelling, with all digits of its numbers. */
const canonical = (text: string): string => JSON.stringify(parseExact(text));

/** The rows before the last STATE are kept and the STATE is emitted; the rows after it are dropped; the exit code is not 0. */
function brokenBy(what: string, rest: () => string): Check<TargetUnderTest> {
  return {
    name: `${what} is an error, and no row after the last STATE is kept`,
    async run(subject) {
      using folder = temporaryFolder();
      const session = new TargetSession(subject, folder.path);
      const { code, stdout } = await session.tryToLoad(orderSchema() + orders(1, 20) + state(1) + rest());
      assert.ok(code !== null && code !== 0, `the target ended with ${code}`);
      assert.deepEqual(statesIn(stdout), [stateValue(1)], "it emitted other STATEs than the one before the error");
      assertRows(await session.rowsOrNone("orders"), orderRows(1, 20), orderProperties);
    },
  };
}
