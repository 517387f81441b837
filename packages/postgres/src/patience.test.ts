import { TaplineError } from "@tapline/protocol";
import { expect, test } from "vitest";
import { explainFailure } from "./failures.ts";
import { patiently } from "./patience.ts";
import { connectionOptions } from "./settings.ts";

const options = connectionOptions({ host: "h", user: "u", database: "d" }, "test");
const failed = (code: string | undefined, message: string, more: object = {}) =>
  explainFailure(Object.assign(new Error(message), code === undefined ? {} : { code }, more), options);

test.each([
  ["a port nobody listens on", failed("ECONNREFUSED", "connect ECONNREFUSED"), 3],
  ["a host that does not answer", failed("ETIMEDOUT", "connect ETIMEDOUT"), 3],
  ["an answer that does not come", failed(undefined, "timeout expired"), 3],
  ["a server that is starting", failed("57P03", "the database system is starting up", { severity: "FATAL" }), 3],
  ["a server that is full", failed("53300", "too many clients already", { severity: "FATAL" }), 1],
  ["a wrong password", failed("28P01", "password authentication failed", { severity: "FATAL" }), 1],
  ["a name nobody knows", failed("ENOTFOUND", "getaddrinfo ENOTFOUND"), 1],
  ["a socket that is not there", failed("ENOENT", "connect ENOENT"), 1],
  ["a fault of ours", new TypeError("x is undefined"), 1],
])("%s", async (_, error, expected) => {
  let tries = 0;
  const work = async () => {
    tries++;
    throw error;
  };
  await expect(patiently(work, 1)).rejects.toBe(error);
  expect(tries).toBe(expected);
});

test("what works in the end is what comes back", async () => {
  let tries = 0;
  const work = async () => {
    if (++tries < 3) throw failed("ECONNREFUSED", "connect ECONNREFUSED");
    return "in";
  };
  expect(await patiently(work, 1)).toBe("in");
  expect(failed("57P03", "")).toBeInstanceOf(TaplineError);
});
