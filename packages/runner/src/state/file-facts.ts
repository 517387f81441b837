/** Keeps facts in a JSON file beside the states, so that a save of a state does not write them again. */
import { readFileSync } from "node:fs";
import { chosenFacts, decideFacts, factValue, keptFacts } from "./fact-list.ts";
import type { Fact, FactFilter, FactKind, Facts } from "./facts.ts";
import { replaceJson } from "./json-file.ts";

type StoredFact = Fact<unknown> & { kind: FactKind };

/** @param guard runs work that reads and writes the file, one process at a time, with errors of the system made readable */
export function fileFacts(path: string, guard: <T>(work: () => T) => Promise<T>): Facts {
  const read = (kind: FactKind): { own: Fact<unknown>[]; others: StoredFact[] } => {
    const all = readFacts(path);
    return { own: all.filter((fact) => fact.kind === kind), others: all.filter((fact) => fact.kind !== kind) };
  };
  const write = (kind: FactKind, others: readonly StoredFact[], own: readonly Fact<unknown>[]): void =>
    replaceJson(path, [...others, ...own.map(({ key, value, changedAt }) => ({ kind, key, value, changedAt }))]);
  return {
    decide: (kind, keys, rule) =>
      guard(() => {
        const { own, others } = read(kind);
        const { answer, facts } = decideFacts(own, keys, rule, new Date());
        if (facts !== undefined) write(kind, others, facts);
        return answer;
      }),
    get: (kind, key) => guard(() => factValue(read(kind).own, key)),
    list: <T>(kind: FactKind, filter: FactFilter = {}) => guard(() => chosenFacts<T>(read(kind).own, filter)),
    prune: (kind, before) =>
      guard(() => {
        const { own, others } = read(kind);
        const kept = keptFacts(own, before);
        if (kept.length < own.length) write(kind, others, kept);
        return own.length - kept.length;
      }),
  };
}

function readFacts(path: string): StoredFact[] {
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
