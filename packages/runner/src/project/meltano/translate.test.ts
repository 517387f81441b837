// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the form of variables in Meltano
import { expect, test } from "vitest";
import { parseYaml } from "../yaml-file.ts";
import { splitWords } from "./commands.ts";
import { expand, inOurs } from "./names.ts";
import { pipOf } from "./pip.ts";
import { flatten, nest } from "./settings.ts";
import { translate } from "./translate.ts";

function translated(
  text: string,
  { given = {}, locks = {} }: { given?: Record<string, string>; locks?: Record<string, Record<string, unknown>> } = {},
) {
  const files = [parseYaml(text, "/p/meltano.yml")];
  return translate({ folder: "/p", files, locks: { names: Object.keys(locks), read: (name) => locks[name] } }, given);
}

const shop = `
default_environment: dev
env: { REGION: eu }
plugins:
  extractors:
  - name: tap-shop
    variant: acme
    config:
      auth.token: $TOKEN
      start: "2024-01-01"
      pages: 3
    metadata:
      orders:
        replication-method: INCREMENTAL
        id: { selected: true }
  - name: tap-shop-eu
    inherit_from: tap-shop
    config: { start: "2025-01-01" }
    select: [orders.*, "!orders.note"]
  loaders:
  - name: target-wh
    namespace: wh
    pip_url: wh-target
    executable: wh
    capabilities: [about]
    settings:
    - { name: schema, value: $MELTANO_EXTRACT__LOAD_SCHEMA }
    - { name: port, kind: integer, env: WH_PORT }
  mappers:
  - name: mapper
    namespace: mapper
    pip_url: mapper
    mappings:
    - { name: hash, config: { stream_maps: { orders: { id: md5(id) } } } }
  utilities:
  - name: dbt-wh
    namespace: dbt_wh
    pip_url: dbt-core dbt-wh
    executable: dbt
    commands:
      run: run --select "a b"
      describe: { args: describe $REGION, executable: dbt_extension }
environments:
- name: dev
  config:
    plugins:
      extractors:
      - { name: tap-shop, config: { pages: 9, start: "1999-01-01" }, load_schema: shop_dev }
- name: prod
  env: { TAP_SHOP_PAGES: "20" }
  state_id_suffix: \${BRANCH}
jobs:
- name: all
  tasks: [tap-shop hash target-wh dbt-wh:run, [tap-shop-eu target-wh], dbt-wh:describe]
schedules:
- { name: nightly, interval: "@daily", job: all }
- { name: once, interval: "@once", job: all }
- { name: elt, interval: "0 * * * *", extractor: tap-shop, loader: target-wh }
`;
const lock = {
  "extractors/tap-shop--acme": {
    name: "tap-shop",
    namespace: "tap_shop",
    variant: "acme",
    pip_url: "acme-tap-shop~=1.0",
    capabilities: ["catalog", "discover", "state"],
    settings: [{ name: "auth.token", kind: "password" }, { name: "start" }, { name: "pages", kind: "integer", value: 1 }],
  },
};

test("plugins of all kinds, with what they inherit, their lock file or their own definition", () => {
  const { file, facts } = translated(shop, { locks: lock });
  expect(file.plugins).toEqual({
    "tap-shop": {
      kind: "tap",
      definition: "plugins/extractors/tap-shop--acme.lock",
      pip: "acme-tap-shop~=1.0",
      config: { auth: { token: "$TOKEN" }, start: "2024-01-01", pages: 3 },
      select: ["*.*"],
      metadata: { orders: { "replication-method": "INCREMENTAL" }, "orders.id": { selected: true } },
    },
    "tap-shop-eu": { inherit_from: "tap-shop", kind: "tap", config: { start: "2025-01-01" }, select: ["orders.*", "!orders.note"] },
    "target-wh": {
      kind: "target",
      definition: {
        name: "target-wh",
        capabilities: ["about"],
        settings: [
          { name: "schema", value: "$MELTANO_EXTRACT__LOAD_SCHEMA" },
          { name: "port", kind: "integer" },
        ],
      },
      pip: "wh-target",
      executable: "wh",
      config: { schema: "$MELTANO_EXTRACT__LOAD_SCHEMA" },
    },
    mapper: { kind: "mapper", definition: expect.anything(), pip: "mapper", executable: "mapper" },
    hash: { inherit_from: "mapper", kind: "mapper", config: { stream_maps: { orders: { id: "md5(id)" } } } },
    "dbt-wh": { kind: "utility", definition: expect.anything(), pip: "dbt-core dbt-wh", executable: "dbt" },
    "dbt-wh-describe": { inherit_from: "dbt-wh", kind: "utility", executable: "dbt_extension" },
  });
  expect(facts.plugins["tap-shop"]).toMatchObject({
    namespace: "tap_shop",
    venv: ".meltano/extractors/tap-shop/venv",
    loadSchemas: { dev: "shop_dev" },
  });
  expect(facts.plugins["tap-shop-eu"]).toMatchObject({ namespace: "tap_shop_eu", venv: ".meltano/extractors/tap-shop/venv" });
  expect(facts.plugins["target-wh"]?.variables).toEqual({ port: "WH_PORT" });
  expect(facts.gaps).toEqual([]);
});

test("environments, jobs and schedules", () => {
  const { file, facts } = translated(shop, { locks: lock });
  expect(file.default_environment).toBe("dev");
  expect(file.environments).toEqual({
    dev: { plugins: { "tap-shop": { config: { pages: 9, start: "1999-01-01" } } } },
    prod: {
      env: { TAP_SHOP_PAGES: "20" },
      plugins: { "tap-shop": { config: { pages: "$TAP_SHOP_PAGES" } } },
      state_id_suffix: "${BRANCH}",
    },
  });
  expect(file.jobs).toEqual({
    all: ["tap-shop hash target-wh", { run: ["dbt-wh", "run", "--select", "a b"] }, "tap-shop-eu target-wh", "dbt-wh-describe describe eu"],
    elt: [{ run: "tap-shop target-wh", state_id_suffix: "elt" }],
  });
  expect(file.schedules).toEqual([
    { name: "nightly", cron: "0 0 * * *", job: "all" },
    { name: "elt", cron: "0 * * * *", job: "elt" },
  ]);
  expect(facts.stateIds).toEqual({ elt: { tap: "tap-shop", target: "target-wh", suffix: "elt" } });
});

test("a variable wins over meltano.yml and its environments, also for select and metadata", () => {
  const given = {
    TAP_SHOP_START: "2030-01-01",
    TAP_SHOP__SELECT: '["orders"]',
    TAP_SHOP__METADATA_ORDERS_REPLICATION_METHOD: "FULL_TABLE",
    TAP_SHOP_EU_PAGES: "5",
  };
  const { file } = translated(shop, { locks: lock, given });
  expect(file.plugins?.["tap-shop"]).toMatchObject({
    config: { start: "$TAP_SHOP_START", pages: 3 },
    select: ["orders"],
    metadata: { orders: { "replication-method": "FULL_TABLE" } },
  });
  expect(file.plugins?.["tap-shop-eu"]).toMatchObject({ config: { start: "2025-01-01", pages: "$TAP_SHOP_EU_PAGES" } });
  expect(file.environments?.dev?.plugins?.["tap-shop"]?.config).toEqual({ pages: 9 });
});

test("each part is found where meltano.yml has it", () => {
  const { locate } = translated(shop, { locks: lock });
  const lineOf = (text: string): number => shop.split("\n").findIndex((line) => line.includes(text)) + 1;
  expect(locate(["plugins", "tap-shop", "config", "auth", "token"])).toMatchObject({ file: "/p/meltano.yml", line: lineOf("auth.token") });
  expect(locate(["environments", "dev", "plugins", "tap-shop", "config", "pages"]).line).toBe(lineOf("pages: 9"));
  expect(locate(["jobs", "all"]).line).toBe(lineOf("name: all"));
  expect(locate(["plugins", "nowhere"])).toEqual({});
});

test.each([
  ["a plugin without lock file", "plugins: { extractors: [{ name: tap-x }] }", "tap-x: definition", "unknown"],
  ["an unknown key", "speed: 9", "speed", "lost"],
  ["a package of dbt", "plugins: { transforms: [{ name: t }] }", "t", "lost"],
  [
    "a schedule's variables",
    "jobs: [{ name: j, tasks: [x] }]\nschedules: [{ name: s, job: j, interval: '@daily', env: { A: b } }]",
    "schedule s",
    "lost",
  ],
  ["states in a place that is not read", "state_backend: { uri: 'gs://b/p' }", "states", "lost"],
  ["a state file", "plugins: { extractors: [{ name: tap-x, namespace: x, state: s.json }] }", "tap-x: state", "lost"],
  [
    "a select_filter that includes",
    "plugins: { extractors: [{ name: tap-x, namespace: x, select_filter: ['!a', b] }] }",
    "tap-x: select_filter",
    "lost",
  ],
  ["an option of pip", "plugins: { loaders: [{ name: target-x, namespace: x, pip_url: '-c c.txt x' }] }", "target-x: pip_url", "lost"],
])("%s is a gap with its place", (_what, text, what, kind) => {
  expect(translated(text).facts.gaps).toContainEqual(
    expect.objectContaining({ what, kind, position: expect.objectContaining({ file: "/p/meltano.yml", line: expect.any(Number) }) }),
  );
});

test("texts refer to the same variables", () => {
  expect(["$A", "${a}", "\\$A", "\\${A}", "$a", "a$", "$$A", "$Abc", "$A-b"].map(inOurs)).toEqual([
    "$A",
    "${a}",
    "$$A",
    "$${A}",
    "$$a",
    "a$$",
    "$$$A",
    "${A}bc",
    "$A-b",
  ]);
  expect(expand("$A-${b}-\\$A-$c", (name) => ({ A: "1" })[name])).toBe("1--$A-$c");
});

test("settings are flat, and nested again", () => {
  const flat = flatten({ a: { b: 1, c: {} }, "d.e": [2], f: null, "s3\\.x": 3 });
  expect([...flat]).toEqual([
    ["a.b", 1],
    ["a.c", {}],
    ["d.e", [2]],
    ["s3\\.x", 3],
  ]);
  expect(nest(flat)).toEqual({ a: { b: 1, c: {} }, d: { e: [2] }, "s3.x": 3 });
});

test("pip_url becomes requirements, arguments become words", () => {
  const pip = (url: string) => pipOf(url, (text) => text);
  expect(pip("-e extract/tap-x")).toEqual({ pip: "./extract/tap-x", dropped: [] });
  expect(pip("tap-x @ git+https://h/x.git")).toEqual({ pip: "git+https://h/x.git", dropped: [] });
  expect(pip("--constraint c.txt a b==1 --pre")).toEqual({ pip: "a b==1", dropped: ["--constraint c.txt", "--pre"] });
  expect(splitWords(`run --vars '{"a": "b c"}' x\\ y ""`)).toEqual(["run", "--vars", '{"a": "b c"}', "x y", ""]);
});
