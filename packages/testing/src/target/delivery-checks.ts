/** STATE is a promise: it is told after what it covers is durable, in order, and nothing behind it outlives a broken end. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { parseExact } from "@tapline/protocol";
import { type Check, temporaryFolder } from "../check.ts";
import { assertRows } from "../rows.ts";
import { orderProperties, orderRows, orderSchema, orders, state, statesIn, stateValue } from "./input.ts";
import { Place, type TargetUnderTest } from "./subject.ts";

/** Rows behind a STATE must have reached the target before it is stopped; there is no sign of that from outside. */
const restMs = 150;
/** The same from a cold start. */
const startMs = 1500;

export const deliveryChecks: readonly Check<TargetUnderTest>[] = [
  {
    name: "tells STATEs in their order, each at most once, and the last one always",
    async run(subject) {
      using folder = temporaryFolder();
      const place = new Place(subject, folder.path);
      await using target = place.startPromptly();
      target.write(orderSchema() + [1, 2, 3, 4, 5].map((at) => orders(at, at) + state(at)).join(""));
      target.end();
      const { code, stdout } = await target.ended();
      assert.equal(code, 0);
      const told = statesIn(stdout).map((value) => JSON.stringify(value));
      const sent = [1, 2, 3, 4, 5].map((at) => JSON.stringify(stateValue(at)));
      assert.deepEqual(
        told,
        sent.filter((value) => told.includes(value)),
        "the STATEs told are not the STATEs sent, in their order",
      );
      assert.equal(told.at(-1), sent.at(-1), "the last STATE was not told");
    },
  },
  {
    name: "tells a STATE's value as it was sent",
    async run(subject) {
      using folder = temporaryFolder();
      const place = new Place(subject, folder.path);
      const value = '{"bookmarks":{"orders":{"id":9007199254740993,"at":null,"name":"Zürich\\n","done":[true,{"":0.1}]}},"extra":""}';
      const { stdout } = await place.load(`${orderSchema()}${orders(1, 1)}{"type":"STATE","value":${value}}\n`);
      assert.deepEqual(canonical(stdout), canonical(value));
    },
  },
  {
    name: "tells a STATE only when every row before it can be read",
    async run(subject) {
      using folder = temporaryFolder();
      const place = new Place(subject, folder.path);
      await using target = place.startPromptly();
      for (const at of [1, 2, 3]) {
        target.write((at === 1 ? orderSchema() : "") + orders(at * 10, at * 10 + 9) + state(at));
        await target.lines(at);
        assertRows(await place.rowsOrNone("orders"), orderRows(10, at * 10 + 9), orderProperties, `rows before STATE ${at}`);
      }
    },
  },
  {
    name: "a STATE covers the rows of all streams: they are there when it is killed right after",
    async run(subject) {
      using folder = temporaryFolder();
      const place = new Place(subject, folder.path);
      await using target = place.startPromptly();
      target.write(orderSchema() + orderSchema("returns") + orders(1, 50) + orders(51, 60, "returns") + state(1));
      await target.lines(1);
      target.kill("SIGKILL");
      await target.ended();
      assertRows(await place.rowsOrNone("orders"), orderRows(1, 50), orderProperties, "orders");
      assertRows(await place.rowsOrNone("returns"), orderRows(51, 60), orderProperties, "returns");
    },
  },
  {
    name: "a quiet input delays no STATE whose rows are due",
    async run(subject) {
      using folder = temporaryFolder();
      const place = new Place(subject, folder.path);
      await using target = place.startPromptly();
      target.write(orderSchema() + orders(1, 1) + state(1));
      assert.deepEqual(statesIn((await target.lines(1)).join("\n")), [stateValue(1)]);
    },
  },
  {
    name: "after SIGKILL the next run goes on from the last STATE: nothing is lost, nothing is twice",
    async run(subject) {
      using folder = temporaryFolder();
      const place = new Place(subject, folder.path);
      const method = subject.loadMethods?.includes("append-only") === false ? {} : { load_method: "append-only" };
      {
        await using target = place.startPromptly(method);
        target.write(orderSchema() + orders(1, 20) + state(1));
        await target.lines(1);
        target.write(orders(21, 40));
        await sleep(restMs);
        target.kill("SIGKILL");
        await target.ended();
      }
      await place.load(orderSchema() + orders(21, 45) + state(2), method);
      assertRows(await place.rows("orders"), orderRows(1, 45), orderProperties);
    },
  },
  {
    name: "SIGTERM: exits 143 within patience, and keeps what the last STATE told covers and no more",
    async run(subject) {
      using folder = temporaryFolder();
      const place = new Place(subject, folder.path);
      await using target = place.startPromptly();
      target.write(orderSchema() + orders(1, 20) + state(1));
      await target.lines(1);
      target.write(orders(21, 30));
      await sleep(restMs);
      target.kill("SIGTERM");
      const { code, signal, stdout } = await target.ended();
      assert.equal(code, 143, `it ended with ${code ?? signal}, not 143`);
      assert.deepEqual(statesIn(stdout), [stateValue(1)], "it told other STATEs than the one it had");
      assertRows(await place.rows("orders"), orderRows(1, 20), orderProperties);
    },
  },
  {
    name: "stopped by SIGTERM before a commit was due, it has what the STATE it tells covers, or tells none and has nothing",
    async run(subject) {
      using folder = temporaryFolder();
      const place = new Place(subject, folder.path);
      await using target = place.start();
      target.write(orderSchema() + orders(1, 20) + state(1) + orders(21, 30));
      await sleep(startMs);
      target.kill("SIGTERM");
      const { stdout } = await target.ended();
      const told = statesIn(stdout);
      assert.ok(told.length <= 1, "it told more than the one STATE it had");
      assertRows(await place.rowsOrNone("orders"), told.length === 0 ? [] : orderRows(1, 20), orderProperties);
    },
  },
  brokenBy("a line that is no message", () => `${orders(21, 30)}no message\n${orders(31, 40)}${state(2)}`),
  brokenBy("a RECORD of a stream without SCHEMA", () => `${orders(21, 30)}${orders(1, 1, "unheard_of")}${state(2)}`),
  brokenBy("an input cut in the middle of a line", () => (orders(21, 30) + state(2)).slice(0, -15)),
];

/** JSON with its numbers' digits, however it was spelled. */
const canonical = (text: string): string => JSON.stringify(parseExact(text));

/** What is before the last STATE stays and is told; what is behind it goes; the exit code is not 0. */
function brokenBy(what: string, rest: () => string): Check<TargetUnderTest> {
  return {
    name: `${what} is an error, and nothing behind the last STATE is kept`,
    async run(subject) {
      using folder = temporaryFolder();
      const place = new Place(subject, folder.path);
      const { code, stdout } = await place.tryToLoad(orderSchema() + orders(1, 20) + state(1) + rest());
      assert.ok(code !== null && code !== 0, `it ended with ${code}`);
      assert.deepEqual(statesIn(stdout), [stateValue(1)], "it told other STATEs than the one before the fault");
      assertRows(await place.rowsOrNone("orders"), orderRows(1, 20), orderProperties);
    },
  };
}
