/**
 * The expressions and maps of the Singer SDK's documentation and of public projects, and more: the same values as the SDK's own, which were
 * recorded by `npm run test:long stream-maps`.
 */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type Cases, canonical, type MappedStream, outcomeOf, type Recorded } from "../test/outcomes.ts";

const read = (name: string): string => readFileSync(new URL(`../test/${name}`, import.meta.url), "utf8");
const cases = JSON.parse(read("cases.json")) as Cases;
const records = read("records.jsonl").trim().split("\n");
const recorded = JSON.parse(read("sdk-results.json")) as Recorded;
const differences = JSON.parse(read("differences.json")) as Record<string, string>;

const inOneSpelling = (value: string | null): string | null => (value === null || value === "error" ? value : canonical(value));
/** An expression that can't be used, and one that fails for every record, are the same to a user of the SDK. */
const orFailed = (values: readonly (string | null)[]) => (values.every((value) => value === "error") ? "refused" : values);

describe("expressions have the SDK's values", () => {
  test.each(cases.expressions)("%s", async (expression) => {
    const name = expression === "self" ? "name" : "result";
    const ours = await outcomeOf(cases, records, { customers: { [name]: expression, __else__: null, __key_properties__: [] } });
    const theirs = recorded.expressions[expression];
    if (theirs === undefined) throw new Error("not recorded: run the long suite stream-maps");
    const [found, wanted] = [
      ours === "refused" ? ours : valuesOf(ours, name),
      theirs === "refused" ? theirs : orFailed(theirs.values.map(inOneSpelling)),
    ];
    if (differences[expression] !== undefined) expect(found).not.toEqual(wanted);
    else expect(found).toEqual(wanted);
    if (ours === "refused" || theirs === "refused" || wanted === "refused") return;
    const type = ours[0]?.properties[name];
    // The SDK takes text where it can't tell, and a date wherever the expression begins with one.
    const isGuess = theirs.type.format !== undefined || JSON.stringify(theirs.type.type) === '["string","null"]';
    if (!isGuess && expression !== "record") expect(type?.type).toEqual(theirs.type.type);
  });

  test("each difference is of an expression that is there", () => {
    expect(Object.keys(differences).filter((each) => !cases.expressions.includes(each))).toEqual([]);
  });
});

function valuesOf([stream]: MappedStream[], name: string): "refused" | readonly (string | null)[] {
  const prefix = `{${JSON.stringify(name)}:`;
  return orFailed(
    (stream?.records ?? []).map((record) => (record === "error" || record === null ? record : canonical(record).slice(prefix.length, -1))),
  );
}

describe("maps give the SDK's streams", () => {
  /** The SDK's documentation says that keys stay; its current version refuses these maps. */
  const keepsKeys = [
    { customers: { __else__: null } },
    { customers: { customer_id: "id", __else__: null } },
    { customers: { _data: "record", __else__: null } },
  ].map((maps) => JSON.stringify(maps));

  test.each(cases.maps.map(({ maps }, at) => [JSON.stringify(maps), maps, at] as const))("%s", async (name, maps, at) => {
    const ours = await outcomeOf(cases, records, maps);
    const theirs = recorded.maps[at];
    if (keepsKeys.includes(name)) {
      expect([theirs, ours]).toEqual(["refused", [expect.objectContaining({ keys: ["id"] })]]);
      return;
    }
    const shape = (streams: "refused" | MappedStream[] | undefined) =>
      streams === "refused"
        ? streams
        : streams?.map((each) => ({ ...each, properties: Object.keys(each.properties), records: each.records.map(inOneSpelling) }));
    expect(shape(ours)).toEqual(shape(theirs));
  });
});
