import { expect, test } from "vitest";
import { createTraceReader } from "./stack-trace.ts";

const python = `INFO starting
Traceback (most recent call last):
  File "tap.py", line 3, in fetch
    raise ConnectionError("refused")
ConnectionError: refused
The above exception was the direct cause of the following exception:
Traceback (most recent call last):
  File "tap.py", line 9, in <module>
    sync()
    ^^^^^^
tap_x.errors.Unauthorized: 401 for /items
INFO after`;

const node = `starting
file:///srv/tap.mjs:3
  throw new TypeError("no id");
        ^
TypeError [ERR_X]: no id
    at fetch (file:///srv/tap.mjs:3:9)
    at async main (file:///srv/tap.mjs:9:3)
Node.js v24.21.0`;

const java = `Exception in thread "main" java.lang.IllegalStateException: no id
\tat com.shop.Tap.main(Tap.java:12)
\t... 3 more`;

test.each<[string, string, string[], string[]]>([
  ["Python", python, ["INFO starting", "INFO after"], ["ConnectionError: refused", "tap_x.errors.Unauthorized: 401 for /items"]],
  ["Node.js", node, ["starting"], ["TypeError [ERR_X]: no id"]],
  ["Java", java, ['Exception in thread "main" java.lang.IllegalStateException: no id'], []],
])("of a trace of %s, only the error is for people", (_name, text, plain, errors) => {
  const reader = createTraceReader();
  const read = text.split("\n").map((line) => [reader.read(line), line] as const);
  expect(read.filter(([part]) => part === undefined).map(([, line]) => line)).toEqual(plain);
  expect(read.filter(([part]) => part === "error").map(([, line]) => line)).toEqual(errors);
});

test("lines that only look like the beginning of a trace hide at most a few lines", () => {
  const reader = createTraceReader();
  const lines = ["/data/items.csv:7", ...Array.from({ length: 40 }, (_, index) => `row ${index}`)];
  expect(lines.filter((line) => reader.read(line) === undefined)).toHaveLength(28);
});
