import { expect, test } from "vitest";
import { createEventReader } from "./event-stream.ts";

const stream = ': hello\n\nevent: progress\ndata: {"a":1}\n\nevent: log\r\ndata: one\r\ndata:two\r\n\r\nevent: close\ndata:\n\n';
const events = [
  { name: "progress", data: '{"a":1}' },
  { name: "log", data: "one\ntwo" },
  { name: "close", data: "" },
];

test.each([1, 2, 3, 7, 1000])("events are whole, whatever the chunks (%d characters)", (size) => {
  const read = createEventReader();
  const chunks = stream.match(new RegExp(`[\\s\\S]{1,${size}}`, "g")) ?? [];
  expect(chunks.flatMap(read)).toEqual(events);
});

test("an event that has not ended is kept back", () => {
  const read = createEventReader();
  expect(read("event: a\ndata: 1\n")).toEqual([]);
  expect(read("\n")).toEqual([{ name: "a", data: "1" }]);
});
