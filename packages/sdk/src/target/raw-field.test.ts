import fc from "fast-check";
import { expect, test } from "vitest";
import { rawField } from "./raw-field.ts";

test.each([
  ['{"type":"RECORD", "record" : {"a":1.50,"b":[1e3]} ,"stream":"s"}', '{"a":1.50,"b":[1e3]}'],
  ['{"record":{"record":{"x":1}},"version":1}', '{"record":{"x":1}}'],
  ['{"note":"\\"record\\":{}","record":{"a":"}\\\\"}}', '{"a":"}\\\\"}'],
  ['{"rec\\u006frd":{"a":1}}', '{"a":1}'],
  ['{"record":{"a":1},"record":{"a":2}}', '{"a":2}'],
  ['{"a":["record",{"record":1}],"record":{}}', "{}"],
  ['{"type":"STATE"}', undefined],
])("%s", (line, expected) => {
  expect(rawField(line, "record")).toBe(expected);
});

test("any record is found as it was spelled, whatever stands around it", () => {
  const fields = fc.dictionary(
    fc.string().filter((name) => name !== "record"),
    fc.jsonValue(),
  );
  const space = fc.constantFrom("", " ", "\t ");
  fc.assert(
    fc.property(fields, fc.jsonValue(), fields, space, (before, record, after, gap) => {
      const inner = (part: object): string => JSON.stringify(part).slice(1, -1);
      const raw = JSON.stringify(record);
      const parts = [inner(before), `"record"${gap}:${gap}${raw}${gap}`, inner(after)].filter((part) => part !== "");
      expect(rawField(`{${parts.join(`${gap},${gap}`)}}`, "record")).toBe(raw);
    }),
  );
});
