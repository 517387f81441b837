/** Keeps facts in a bucket, those of a kind in one object, so that a decision on several keys is one write. */
import { chosenFacts, decideFacts, factValue, keptFacts } from "../fact-list.ts";
import type { Fact, FactFilter, FactKind, FactRule, Facts } from "../facts.ts";
import { changeDocuments, type Objects, readDocument } from "./documents.ts";

type FactList = readonly Fact<unknown>[];

/** @param guard makes errors of the service readable */
export function s3Facts(objects: Objects, now: () => Date, guard: <T>(work: () => Promise<T>) => Promise<T>): Facts {
  const name = (kind: FactKind): string => `facts/${kind}.json`;
  const read = async (kind: FactKind): Promise<FactList> => (await readDocument<FactList>(objects, name(kind))).value ?? [];
  return {
    decide: <T, A>(kind: FactKind, keys: readonly string[], rule: FactRule<T, A>) =>
      guard(() =>
        changeDocuments<FactList, A>(objects, [name(kind)], ([facts = []]) => {
          const decided = decideFacts(facts, keys, rule, now());
          return { answer: decided.answer, values: [decided.facts] };
        }),
      ),
    get: (kind, key) => guard(async () => factValue(await read(kind), key)),
    list: <T>(kind: FactKind, filter: FactFilter = {}) => guard(async () => chosenFacts<T>(await read(kind), filter)),
    prune: (kind, before) =>
      guard(() =>
        changeDocuments<FactList, number>(objects, [name(kind)], ([facts = []]) => {
          const kept = keptFacts(facts, before);
          return { answer: facts.length - kept.length, values: [kept.length < facts.length ? kept : undefined] };
        }),
      ),
  };
}
