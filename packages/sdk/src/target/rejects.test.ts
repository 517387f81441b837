import { TaplineError } from "@tapline/protocol";
import { describe, expect, test } from "vitest";
import { Rejects } from "./rejects.ts";

const refusal = (recovery: "skip" | "fatal" = "skip") =>
  new TaplineError({ code: "odd", message: "it is odd", hint: "", class: "data", recovery, position: { stream: "s", line: 7 } });
const at = (line: number) => ({ stream: "s", line });

test("rejects wait by stream, in their order, until they are taken", () => {
  const rejects = new Rejects({ on_error: "reject" });
  rejects.add(refusal(), { ...at(1), column: "n" }, () => '{"n":1}');
  rejects.add(refusal(), { stream: "t", line: 2 }, () => "{}");
  rejects.add(refusal(), at(3), () => '{"n":3}');
  expect(rejects.size).toBe(16);
  expect([...rejects.take()]).toMatchObject([
    [
      "s",
      [
        { stream: "s", position: { line: 1, column: "n" }, code: "odd", reason: "it is odd", record: '{"n":1}' },
        { stream: "s", position: { line: 3 }, code: "odd", reason: "it is odd", record: '{"n":3}' },
      ],
    ],
    ["t", [{ stream: "t", position: { line: 2 }, code: "odd", reason: "it is odd", record: "{}" }]],
  ]);
  expect([rejects.size, rejects.total, rejects.take().size]).toEqual([0, 3, 0]);
});

test("an error is thrown as it is where the user chose to fail, or where it is not about a row alone", () => {
  expect(() => new Rejects({ on_error: "fail" }).add(refusal(), at(1), () => "{}")).toThrow("it is odd");
  expect(() => new Rejects({ on_error: "reject" }).add(refusal("fatal"), at(1), () => "{}")).toThrow("it is odd");
});

describe("max_rejects", () => {
  test("a count: that many are kept, the next one is too much, and the error has the last reason and position", () => {
    const rejects = new Rejects({ on_error: "reject", max_rejects: 2 });
    for (const line of [1, 2]) rejects.add(refusal(), at(line), () => "{}");
    let error: unknown;
    try {
      rejects.add(refusal(), at(3), () => "{}");
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: "too_many_rejects", recovery: "fatal", message: expect.stringContaining("it is odd") });
    expect(() => new Rejects({ on_error: "reject", max_rejects: 0 }).add(refusal(), at(1), () => "{}")).toThrow("allows 0");
  });

  test.each([
    ["1%", 10, 1000, false, true],
    ["1%", 11, 1000, false, false],
    ["1%", 11, 999, false, true],
    ["1%", 10, 999, true, false],
    ["0%", 0, 5, true, true],
    ["0.5%", 1, 200, true, true],
    ["0.5%", 2, 200, true, false],
  ] as const)("a share of %s: %i of %i (at the end: %s) is allowed: %s", (max_rejects, count, received, isEnd, isAllowed) => {
    const rejects = new Rejects({ on_error: "reject", max_rejects });
    for (let line = 0; line < count; line++) rejects.add(refusal(), at(line), () => "{}");
    const check = () => rejects.checkShare(received, isEnd);
    if (isAllowed) expect(check).not.toThrow();
    else expect(check).toThrow(`allows ${max_rejects} of ${received}`);
  });
});
