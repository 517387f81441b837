/** What every store does with facts: tests for a function that makes a new store. */
import { describe, expect, onTestFinished, test } from "vitest";
import type { Backend } from "../src/state/backend.ts";

/** @param makeStore gives a function that opens one and the same store, as several processes do */
export function describeFacts(name: string, makeStore: () => Promise<() => Promise<Backend>>): void {
  describe(`facts in ${name}`, () => {
    const opener = async (): Promise<() => Promise<Backend>> => {
      const open = await makeStore();
      return async () => {
        const store = await open();
        onTestFinished(() => store[Symbol.asyncDispose]());
        return store;
      };
    };

    test("are JSON values under a kind and a key, and are there for another process", async () => {
      const open = await opener();
      const { facts } = await open();
      const keys = ["a", "b"];
      const seen = await facts.decide("tick", keys, (values) => ({ answer: values, write: { a: { n: 1, "é?": [null] }, b: 2 } }));
      expect(seen).toEqual([undefined, undefined]);
      const other = (await open()).facts;
      expect(await other.get("tick", "a")).toEqual({ n: 1, "é?": [null] });
      expect(await other.get("file", "a")).toBeUndefined();
      await other.decide("tick", keys, () => ({ answer: null, write: { a: null, b: 3 } }));
      expect(await facts.list("tick")).toMatchObject([{ key: "b", value: 3 }]);
    });

    test("are listed by the bytes of their keys, from a place on, both ways", async () => {
      const { facts } = await (await opener())();
      const keys = ["x/é", "x/Z", "x/a", "y", "x/😀", "x/\uff00"];
      await facts.decide("file", keys, () => ({ answer: null, write: Object.fromEntries(keys.map((key) => [key, key])) }));
      const list = async (filter: Parameters<typeof facts.list>[1]) => (await facts.list("file", filter)).map(({ key }) => key);
      expect(await list({ prefix: "x/" })).toEqual(["x/Z", "x/a", "x/é", "x/\uff00", "x/😀"]);
      expect(await list({ prefix: "x/", after: "x/a", limit: 2 })).toEqual(["x/é", "x/\uff00"]);
      expect(await list({ order: "descending", after: "x/😀", limit: 2 })).toEqual(["x/\uff00", "x/é"]);
    });

    test("one of many processes that decide at once on a key takes it, and an error of a rule writes nothing", async () => {
      const open = await opener();
      const stores = await Promise.all(Array.from({ length: 6 }, open));
      const take = (backend: Backend, holder: number) =>
        backend.facts.decide<number, boolean>("pause", ["one"], ([value]) =>
          value === undefined ? { answer: true, write: { one: holder } } : { answer: value === holder },
        );
      const taken = await Promise.all(stores.map(take));
      expect(taken.filter(Boolean)).toHaveLength(1);
      const { facts } = stores[0] as Backend;
      await expect(
        facts.decide("pause", ["two"], () => {
          throw new Error("no");
        }),
      ).rejects.toThrow("no");
      expect(await facts.get("pause", "one")).toBe(taken.indexOf(true));
      expect(await facts.get("pause", "two")).toBeUndefined();
    });

    test("those that did not change for long are deleted, of one kind only", async () => {
      const { facts } = await (await opener())();
      for (const kind of ["tick", "file"] as const) await facts.decide(kind, ["old"], () => ({ answer: null, write: { old: 1 } }));
      await new Promise((resolve) => setTimeout(resolve, 20));
      const [fact] = await facts.list("tick");
      const after = new Date(Date.parse(fact?.changedAt ?? "") + 1);
      expect(await facts.prune("tick", new Date(fact?.changedAt ?? ""))).toBe(0);
      expect(await facts.prune("tick", after)).toBe(1);
      expect([await facts.list("tick"), (await facts.list("file")).length]).toEqual([[], 1]);
    });
  });
}
