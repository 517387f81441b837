import { seededRandom } from "@tapline/testing/seeded-random";
import { expect, test } from "vitest";
import { changeDocuments, type Objects, readDocument } from "./documents.ts";

class Killed extends Error {}

/** The rules of a bucket: an object is replaced where it has the tag. Each call may be the last one of its process. */
function makeBucket() {
  const kept = new Map<string, { text: string; tag: string }>();
  let tags = 0;
  /** `calls`: how many the process lives for. Of a killed one, the last call may have been made or not. */
  const process = (calls: number, random: () => number): Objects => {
    const guarded = async <T>(work: () => T): Promise<T> => {
      // Some answers are late, so that others come in between.
      for (let waits = random() < 0.3 ? random() * 80 : random() * 4; waits > 0; waits--) await Promise.resolve();
      if (--calls < 0) throw new Killed();
      if (calls === 0 && random() < 0.5) throw new Killed();
      const answer = work();
      if (calls === 0) throw new Killed();
      return answer;
    };
    return {
      read: (name) => guarded(() => kept.get(name) ?? null),
      replace: (name, text, tag) =>
        guarded(() => {
          if ((kept.get(name)?.tag ?? null) !== tag) return undefined;
          const next = `${++tags}`;
          kept.set(name, { text, tag: next });
          return next;
        }),
      remove: (names) => guarded(() => names.forEach((name) => void kept.delete(name))),
    };
  };
  return { process, kept };
}

const names = ["a", "b", "c"];
const forEver = Number.MAX_SAFE_INTEGER;

test("several objects are changed together or not at all, whenever processes are killed", async () => {
  for (let seed = 0; seed < 150; seed++) {
    const random = seededRandom(seed);
    const { process, kept } = makeBucket();
    const confirmed: number[] = [];
    const work = async (calls: number): Promise<void> => {
      const objects = process(calls, random);
      for (let turn = 0; turn < 3; turn++) {
        const seen = await changeDocuments<number, number[]>(objects, names, (values) => {
          const all = values.map((value = 0) => value);
          return { answer: all, values: all.map(() => (all[0] as number) + 1) };
        });
        // What a change that counts was decided on is of one time.
        expect(new Set(seen).size, `seed ${seed}`).toBe(1);
        confirmed.push((seen[0] as number) + 1);
      }
    };
    const ends = await Promise.allSettled([work(Math.floor(random() * 40)), work(Math.floor(random() * 40)), work(forEver)]);
    for (const end of ends) if (end.status === "rejected") expect(end.reason).toBeInstanceOf(Killed);
    const values = await Promise.all(names.map(async (name) => (await readDocument<number>(process(forEver, random), name)).value));
    expect(new Set(values).size, `seed ${seed}`).toBe(1);
    // No change that was confirmed is lost or made twice.
    expect(new Set(confirmed).size).toBe(confirmed.length);
    expect(values[0]).toBeGreaterThanOrEqual(Math.max(...confirmed));
    expect([...kept.values()].filter(({ text }) => text.includes("planned"))).toEqual([]);
  }
});

test("an error of the rule changes nothing, and a rule that changes nothing writes nothing", async () => {
  const { process, kept } = makeBucket();
  const objects = process(forEver, Math.random);
  await expect(
    changeDocuments(objects, names, () => {
      throw new Error("no");
    }),
  ).rejects.toThrow("no");
  expect(await changeDocuments(objects, names, () => ({ answer: "same", values: [] }))).toBe("same");
  expect(kept.size).toBe(0);
});
