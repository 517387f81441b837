import { Type } from "@tapline/protocol";
import { expect, test } from "vitest";
import { defineStream } from "./define-stream.ts";
import { defineTap } from "./define-tap.ts";
import { extract } from "./extract.ts";

const schema = Type.Object({
  id: Type.Integer(),
  name: Type.Union([Type.String(), Type.Null()]),
  tags: Type.Optional(Type.Array(Type.String())),
});

test("the schema on the wire is the plain JSON Schema, and rows go out as they are", async () => {
  const stream = defineStream({
    name: "items",
    schema,
    keys: ["id"],
    read: () => [
      { id: 1, name: null },
      { id: 2, name: "b", tags: ["x"] },
    ],
  });
  const tap = defineTap({ name: "tap-x", version: "0", description: "", config: Type.Object({}), streams: () => [stream] });
  let text = "";
  for await (const bytes of extract(tap, {})) text += Buffer.from(bytes);
  const [first, ...rest] = text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(first.schema).toEqual({
    type: "object",
    properties: {
      id: { type: "integer" },
      name: { anyOf: [{ type: "string" }, { type: "null" }] },
      tags: { type: "array", items: { type: "string" } },
    },
    required: ["id", "name"],
  });
  expect(rest.filter((m) => m.type === "RECORD").map((m) => m.record)).toEqual([
    { id: 1, name: null },
    { id: 2, name: "b", tags: ["x"] },
  ]);
});
