import { exactNumber } from "@tapline/protocol";
import { expect, test } from "vitest";
import { parseDefinition } from "./definition.ts";
import { checkSettings, completeAbout, entryOfDefinition, shapeConfig } from "./definition-config.ts";

const text = `
name: tap-shop
variant: acme
pip_url: acme-tap-shop~=1.0
capabilities: [discover, properties, state]
select: ["*.*", "!logs.*"]
settings_group_validation:
- [account, auth.token]
- [account, user, password]
settings:
- { name: account, kind: integer, aliases: [account_id] }
- { name: auth.token, kind: password }
- { name: user }
- { name: password, sensitive: true }
- { name: page_size, kind: integer, value: 100 }
- { name: output, value: $MELTANO_PROJECT_ROOT/output }
- { name: target_schema, value: $MELTANO_EXTRACT__LOAD_SCHEMA }
- { name: deep, kind: boolean }
- { name: tables, kind: array }
- { name: role, value_processor: upcase_string }
`;
const definition = parseDefinition(text, "tap-shop.yml");

test("it becomes what lies under the plugin's entry", () => {
  expect(entryOfDefinition(definition)).toEqual({ executable: "tap-shop", pip: "acme-tap-shop~=1.0", select: ["*.*", "!logs.*"] });
});

test("aliases, dotted names, kinds, defaults and processors shape the config", () => {
  const written = { account_id: "12345678901234567891", "auth.token": "t", deep: "no", tables: '["a",1.10]', role: "loader" };
  const config = shapeConfig(definition, "tap-shop", written);
  expect(config).toEqual({
    account: exactNumber("12345678901234567891"),
    auth: { token: "t" },
    page_size: 100,
    output: "./output",
    deep: false,
    tables: ["a", exactNumber("1.10")],
    role: "LOADER",
  });
});

test("a setting's own name wins over its alias, an alias over the default", () => {
  expect(shapeConfig(definition, "tap-shop", { account: 1, account_id: 2 })).toMatchObject({ account: 1 });
  const aliased = parseDefinition("{name: tap-x, settings: [{name: db, aliases: [database], value: main}]}", "x.yml");
  expect(shapeConfig(aliased, "tap-x", { database: "other" })).toEqual({ db: "other" });
});

test("a value of another kind is refused, and a secret one not shown", () => {
  expect(() => shapeConfig(definition, "tap-shop", { page_size: "many" })).toThrow(
    expect.objectContaining({ code: "setting_invalid", message: 'tap-shop.page_size must be of kind integer; "many" is not' }),
  );
  const secret = parseDefinition("{name: tap-x, settings: [{name: pin, kind: integer, sensitive: true}]}", "x.yml");
  expect(() => shapeConfig(secret, "tap-x", { pin: "letmein" })).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining("letmein") }),
  );
});

test("one group must be set wholly; the nearest is named", () => {
  expect(() => checkSettings(definition, "tap-shop", { account: 1, user: "u" })).toThrow(
    expect.objectContaining({ code: "settings_missing", message: "tap-shop needs auth.token, which is not set" }),
  );
  expect(() => checkSettings(definition, "tap-shop", { account: 1, user: "u", password: "p" })).not.toThrow();
});

test("about has its settings and secrets, and what the plugin reports wins", () => {
  const about = completeAbout(definition, { version: "1.2", capabilities: ["catalog"] });
  expect(about).toMatchObject({
    name: "tap-shop",
    version: "1.2",
    capabilities: ["catalog"],
    settings: {
      properties: { auth: { properties: { token: { secret: true } } }, password: { secret: true }, page_size: { default: 100 } },
    },
  });
});

test.each([
  ["name: a b", "name must be a plugin's name", 1],
  ["name: tap-x\nsettings: {}", "settings must be a list", 2],
  ["name: tap-x\nsettings:\n- kind: string", "settings[0] must be an object with a name", 3],
  ["name: tap-x\ncapabilities: discover", "capabilities must be a list of texts", 2],
  ["name: tap-x\nsettings_group_validation: [a]", "settings_group_validation[0] must be a list of texts", 2],
  ["name: [", "", 1],
  ["hello", "name must be", undefined],
])("%j is refused with its place", (broken, message, line) => {
  expect(() => parseDefinition(broken, "x.yml")).toThrow(
    expect.objectContaining({
      code: "definition_invalid",
      message: expect.stringContaining(message),
      position: expect.objectContaining({ file: "x.yml", ...(line === undefined ? {} : { line }) }),
    }),
  );
});
