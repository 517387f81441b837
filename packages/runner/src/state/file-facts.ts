/** Keeps facts in a JSON file beside the states, so that a save of a state does not write them again. */
import { readFileSync } from "node:fs";
import type { Fact, FactFilter, FactKind, Facts } from "./facts.ts";
import { replaceJson } from "./json-file.ts";

type StoredFact = Fact<unknown> & { kind: FactKind };

/** @param guard runs work that reads and writes the file, one process at a time, with errors of the system made readable */
export function fileFacts(path: string, guard: <T>(work: () => T) => Promise<T>): Facts {
  const values = <T>(facts: readonly StoredFact[], kind: FactKind, key: string): T | undefined =>
    facts.find((fact) => fact.kind === kind && fact.key === key)?.value as T | undefined;
  return {
    decide: (kind, keys, rule) =>
      guard(() => {
        const facts = read(path);
        const now = new Date();
        const { answer, write = {} } = rule(
          keys.map((key) => values(facts, kind, key)),
          now,
        );
        const changed = Object.entries(write);
        if (changed.length > 0) {
          const others = facts.filter((fact) => fact.kind !== kind || !Object.hasOwn(write, fact.key));
          const fresh = changed.filter(([, value]) => value !== null);
          replaceJson(path, [...others, ...fresh.map(([key, value]) => ({ kind, key, value, changedAt: now.toISOString() }))]);
        }
        return answer;
      }),
    get: (kind, key) => guard(() => values(read(path), kind, key)),
    list: <T>(kind: FactKind, filter: FactFilter = {}) =>
      guard(() =>
        chosen(
          read(path).filter((fact) => fact.kind === kind),
          filter,
        ).map(({ key, value, changedAt }) => ({ key, value: value as T, changedAt })),
      ),
    prune: (kind, before) =>
      guard(() => {
        const facts = read(path);
        const kept = facts.filter((fact) => fact.kind !== kind || fact.changedAt >= before.toISOString());
        if (kept.length < facts.length) replaceJson(path, kept);
        return facts.length - kept.length;
      }),
  };
}

function chosen(facts: readonly StoredFact[], { prefix = "", after, order, limit }: FactFilter): StoredFact[] {
  const direction = order === "descending" ? -1 : 1;
  return facts
    .filter(({ key }) => key.startsWith(prefix) && (after === undefined || direction * compare(key, after) > 0))
    .sort((a, b) => direction * compare(a.key, b.key))
    .slice(0, limit);
}

/** By bytes, as SQL databases compare. */
const compare = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

function read(path: string): StoredFact[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
  const facts: unknown = JSON.parse(text);
  if (!Array.isArray(facts)) throw new Error(`${path} is no file of facts`);
  return facts as StoredFact[];
}
