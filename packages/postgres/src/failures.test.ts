import { expect, test } from "vitest";
import { explainFailure } from "./failures.ts";

const options = { host: "db", port: 5432, database: "d", user: "u" } as Parameters<typeof explainFailure>[1];
const codeOf = (code: string) => explainFailure(Object.assign(new Error("it failed"), { code }), options).code;

test.each([
  ["EPIPE", "connection_lost"],
  ["ECONNRESET", "connection_lost"],
  ["ECONNREFUSED", "host_down"],
  ["57P01", "connection_lost"],
  ["40001", "deadlock"],
  ["XX000", "postgres_error"],
])("%s is %s", (code, expected) => {
  expect(codeOf(code)).toBe(expected);
});
