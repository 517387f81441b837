import { describe, expect, test } from "vitest";
import type { EndedPlugin } from "../process/ended-plugin.ts";
import { findCause } from "./verdict.ts";

const ok: EndedPlugin = {
  name: "tap",
  exit: { code: 0, signal: null },
  error: undefined,
  lastLine: undefined,
  brokenPipe: false,
  stopped: false,
};
const failed = (name: string, code: number, more: Partial<EndedPlugin> = {}): EndedPlugin => ({
  ...ok,
  name,
  exit: { code, signal: null },
  ...more,
});
const error = { code: "x", message: "m", hint: "h", class: "data", recovery: "fatal", position: {} } as const;

describe("the cause", () => {
  test("nobody, when both end with 0 and the tap ended first", () => {
    expect(findCause([ok, { ...ok, name: "target" }], 1, false)).toBeUndefined();
  });

  test("the tap, when the target was only stopped after it", () => {
    expect(findCause([failed("tap", 65, { error }), failed("target", 143, { stopped: true })], 0, false)).toMatchObject({
      plugin: "tap",
      code: "x",
    });
  });

  test("the target, when the tap complains of a closed output", () => {
    const tap = failed("tap", 69, { brokenPipe: true });
    expect(findCause([tap, failed("target", 1, { lastLine: "oops" })], 0, false)).toMatchObject({
      plugin: "target",
      code: "plugin_failed",
    });
    const cleaning = failed("target", 65, { stopped: true, error });
    expect(findCause([tap, cleaning], 0, false)).toMatchObject({ plugin: "target", code: "x" });
  });

  test("the tap, when its pipe broke but the target was only stopped by the runner", () => {
    expect(findCause([failed("tap", 1, { brokenPipe: true }), failed("target", 143, { stopped: true })], 0, false)).toMatchObject({
      plugin: "tap",
    });
  });

  test("the target, when it left first, even with 0", () => {
    expect(findCause([failed("tap", 143, { stopped: true }), { ...ok, name: "target" }], 1, true)).toMatchObject({
      code: "target_ended_early",
    });
  });

  test("the target, when the tap had finished", () => {
    expect(findCause([ok, failed("target", 65)], 1, false)).toMatchObject({ plugin: "target" });
  });

  test("a wrapper's 137 is a kill", () => {
    expect(findCause([failed("tap", 137), failed("target", 143, { stopped: true })], 0, false)).toMatchObject({
      code: "plugin_killed",
      message: expect.stringContaining("SIGKILL"),
    });
  });

  test("the one after a mapper that lost its reader, and the mapper when that was only stopped", () => {
    const [tap, mapper] = [failed("tap", 143, { stopped: true }), failed("mapper", 1, { brokenPipe: true })];
    expect(findCause([tap, mapper, failed("target", 65)], 1, true)).toMatchObject({ plugin: "target" });
    expect(findCause([tap, mapper, failed("target", 143, { stopped: true })], 1, true)).toMatchObject({ plugin: "mapper" });
    const cascade = [failed("tap", 1, { brokenPipe: true }), mapper, failed("target", 65)];
    expect(findCause(cascade, 0, false)).toMatchObject({ plugin: "target" });
  });

  test("a mapper that left although the tap had not finished", () => {
    const line = [failed("tap", 143, { stopped: true }), { ...ok, name: "mapper" }, failed("target", 143, { stopped: true })];
    expect(findCause(line, 1, true)).toMatchObject({ plugin: "mapper", code: "target_ended_early" });
  });
});
