import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { didYouMean, type TaplineError, Type } from "@tapline/protocol";
import { describe, expect, test } from "vitest";
import { about, settingsTable } from "./about.ts";
import { checkConfig } from "./check.ts";
import { readConfig } from "./read.ts";

const schema = Type.Object({
  host: Type.String({ description: "Where." }),
  port: Type.Integer({ default: 5432 }),
  password: Type.Optional(Type.String({ secret: true })),
  mode: Type.Optional(Type.Union([Type.Literal("fast"), Type.Literal("safe")])),
  policy: Type.Optional(Type.Union([Type.Union([Type.Literal("a"), Type.Literal("b")]), Type.Record(Type.String(), Type.String())])),
  parts: Type.Optional(Type.Union([Type.Array(Type.String()), Type.Record(Type.String(), Type.Array(Type.String()))])),
  share: Type.Optional(Type.Union([Type.Integer({ minimum: 1 }), Type.String({ pattern: "%$" })])),
  files: Type.Optional(Type.Array(Type.Object({ entity: Type.String(), delimiter: Type.Optional(Type.String()) }))),
});
const check = (given: Record<string, unknown>, aliases = {}) => checkConfig<Record<string, unknown>>("tap-x", schema, given, aliases);

function failure(run: () => unknown): TaplineError {
  try {
    run();
  } catch (error) {
    return error as TaplineError;
  }
  throw new Error("nothing was thrown");
}

describe("checking", () => {
  test("fills defaults and leaves the given object alone", () => {
    const given = { host: "h" };
    expect(check(given).config).toEqual({ host: "h", port: 5432 });
    expect(given).toEqual({ host: "h" });
  });

  test("takes the text of a number for a number, and no other text", () => {
    expect(check({ host: "5", port: "5433" }).config).toEqual({ host: "5", port: 5433 });
    for (const port of ["", "5433x", "true", '"5433"', "[5433]"])
      expect(failure(() => check({ host: "h", port })).message).toContain("port must be integer");
  });

  test("reports every problem at once, with the setting and the type, never the value", () => {
    const error = failure(() => check({ port: "secret-text", files: [{ entity: 1 }], mode: "slow" }));
    expect(error).toMatchObject({ code: "config_invalid", class: "config" });
    for (const part of [
      "host is missing",
      "port must be integer, but is a string",
      "files[0].entity must be string, but is a number",
      'mode must be one of "fast", "safe"',
    ]) {
      expect(error.message).toContain(part);
    }
    expect(error.message).not.toContain("secret-text");
  });

  test.each([
    [{ parts: "c" }, "parts must be a list or an object, but is a string"],
    [{ parts: { s: "c" } }, "parts.s must be array, but is a string"],
    [{ parts: { s: [1] } }, "parts.s[0] must be string, but is a number"],
    [{ share: 0 }, "share must be >= 1, but is 0"],
    [{ share: "a" }, 'share must match pattern "%$"'],
    [{ share: true }, "share must be integer or string, but is a boolean"],
    [{ mode: 5 }, 'mode must be one of "fast", "safe"'],
  ])("%j has one problem: %s", (given, problem) => {
    expect(failure(() => check({ host: "h", ...given })).message).toBe(`The config can't be used: ${problem}`);
  });

  test("an unknown key that is like a known one is an error with that name, also in a list", () => {
    expect(failure(() => check({ host: "h", prot: 1 })).message).toContain("prot is not a setting; did you mean port?");
    expect(failure(() => check({ host: "h", files: [{ entity: "a", delimeter: ";" }] })).message).toContain(
      "files[0].delimeter is not a setting; did you mean delimiter?",
    );
  });

  test("an unknown key that is like no known one is a warning", () => {
    expect(check({ host: "h", colour_scheme: 1 })).toEqual({
      config: { host: "h", port: 5432 },
      warnings: [expect.stringContaining("colour_scheme")],
    });
  });

  test("settings of other variants: a warning, or an error where ignoring them would change the data", () => {
    expect(check({ host: "h", batch_config: { encoding: {} }, flattening_enabled: false, stream_maps: {} }).warnings).toHaveLength(3);
    expect(failure(() => check({ host: "h", flattening_enabled: true }))).toMatchObject({ code: "config_unsupported" });
    expect(failure(() => check({ host: "h", stream_maps: { a: {} } }))).toMatchObject({ code: "config_unsupported" });
  });

  test("an alias stands for its setting; both together are an error", () => {
    expect(check({ server: "h" }, { server: "host" }).config.host).toBe("h");
    expect(failure(() => check({ server: "h", host: "i" }, { server: "host" })).message).toContain("the same setting");
  });

  test.each([
    ["fielpath", "filepath"],
    ["Filepath", "filepath"],
    ["file-path", "filepath"],
    ["xyz", undefined],
  ])("%s -> %s", (name, meant) => {
    expect(didYouMean(name, ["filepath", "threads"])).toBe(meant);
  });
});

describe("reading", () => {
  const folder = mkdtempSync(join(tmpdir(), "config-"));
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const read = (sources: string[], env = {}) => readConfig({ plugin: "tap-x", schema, aliases: { dbhost: "host" }, sources, env });

  test("later files override earlier ones", async () => {
    expect(await read([file("a.json", '{"host":"a","port":1}'), file("b.json", '\uFEFF{"host":"b"}')])).toEqual({ host: "b", port: 1 });
  });

  test("ENV takes the plugin's variables: text as it is, other types as JSON", async () => {
    const env = { TAP_X_DBHOST: "h", TAP_X_PASSWORD: "123", TAP_X_PORT: "7", TAP_X_FILES: '[{"entity":"a"}]', TAP_OTHER_HOST: "no" };
    expect(await read(["ENV"], env)).toEqual({ host: undefined, dbhost: "h", password: "123", port: 7, files: [{ entity: "a" }] });
    await expect(read(["ENV"], { TAP_X_PORT: "seven" })).rejects.toMatchObject({ code: "config_invalid" });
  });

  test("a missing file, a folder, text that is no JSON (whose text is not shown)", async () => {
    await expect(read([join(folder, "nope.json")])).rejects.toMatchObject({ code: "config_file_missing" });
    await expect(read([folder])).rejects.toMatchObject({ code: "config_file_unreadable" });
    const error = await read([file("c.json", '{"password":"hunter2-xyz",}')]).catch((e: TaplineError) => e);
    expect(error).toMatchObject({ code: "config_file_not_json" });
    expect((error as TaplineError).message).not.toContain("hunter2");
    await expect(read([file("d.json", "[1]")])).rejects.toMatchObject({ code: "config_file_not_json" });
  });
});

describe("--about", () => {
  test("it has the settings as a JSON Schema, and the table has every setting", () => {
    const plugin = { name: "tap-x", version: "1", description: "d", config: schema, aliases: { dbhost: "host" }, capabilities: ["about"] };
    expect(about(plugin)).toMatchObject({
      name: "tap-x",
      capabilities: ["about"],
      settings: { properties: { port: { default: 5432 } }, required: ["host"] },
    });
    expect(settingsTable(plugin)).toContain("| `host` | string | required | Where. Also `dbhost`. |");
    expect(settingsTable(plugin)).toContain("| `files[].entity` | string | required |");
    expect(settingsTable(plugin)).toContain("| `policy` | `a`, `b`, object |");
  });
});
