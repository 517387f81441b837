/** What `tapline new` makes is refused by the compiler where a name is misspelt, and its tests pass at once. The suite `new-plugins` runs every kind. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describedRows, typescriptOf } from "@tapline/codegen";
import { type KindName, kinds, makePlugin, pluginFiles, tools } from "create-tapline";
import { expect, test } from "vitest";
import { root } from "../repository.ts";
import { authorFolder } from "./new-plugin.ts";

/** A kind, what is misspelt in its source, and what the compiler says. */
const mistakes: readonly [kind: KindName, right: string, wrong: string, says: RegExp][] = [
  ["rest", 'keys: ["id"]', 'keys: ["ident"]', /"ident"/],
  ["rest", 'cursor: "updated_at"', 'cursor: "updated"', /"updated"/],
  ["rest", "{ url, auth: bearer(token) }", "{ urls: url, auth: bearer(token) }", /urls/],
  ["custom", 'replicationKey: "id"', 'replicationKey: "ident"', /"ident"/],
  ["custom", "yield { id, name:", "yield { id, nmae:", /nmae|missing/],
  ["custom", "name: Type.String() }", "name: Type.Integer() }", /number/],
  ["file", 'keys: ["id"]', 'keys: ["ident"]', /"ident"/],
  ["sql", "config.filepath", "config.filepaht", /filepaht/],
  ["target", "({ filepath }) => openSink", "({ filepaht: filepath }) => openSink", /filepaht/],
  ["mapper", "({ columns }) =>", "({ colums: columns }) =>", /colums/],
];

/** Streams made of a schema that carries the type of its rows, as `tapline codegen` writes it; the first one is right. */
const typed = (keys: string, column: string, cursor: string): string => `import { defineStream } from "@tapline/sdk";
import { restStream } from "@tapline/rest";
import { type Order, orderSchema } from "../order.ts";
const rows: Order[] = [{ id: 1, updated_at: "2026-01-01T00:00:00Z" }];
export const own = defineStream({ name: "a", schema: orderSchema, keys: ["${keys}"], async *read() { yield rows; yield { id: 2, ${column}: "x" }; } });
const orders = restStream({ name: "b", path: "/b", schema: orderSchema, keys: ["id"], incremental: { cursor: "${cursor}" } });
export const lines = restStream({ name: "c", parent: orders, path: ({ parent }) => \`/b/\${parent.id}\`, schema: orderSchema });
`;

const typedMistakes: readonly [source: string, says: RegExp][] = [
  [typed("ident", "updated_at", "updated_at"), /"ident"/],
  [typed("id", "update_at", "updated_at"), /update_at/],
  [typed("id", "updated_at", "updated"), /"updated"/],
];

test("each kind compiles, and a misspelt key, cursor, property or setting does not", async () => {
  using author = authorFolder();
  for (const kind of Object.keys(kinds) as KindName[]) makePlugin(author.folder, kind, kind === "mapper" ? "mask" : `shop-${kind}`);
  writeFileSync(join(author.folder, "package.json"), '{ "type": "module" }');
  mkdirSync(join(author.folder, "mistakes"));
  for (const [at, [kind, right, wrong]] of mistakes.entries()) {
    const files = pluginFiles(kind, "shop");
    const source = files[`src/${kinds[kind].prefix}shop.ts`] as string;
    expect(source.split(right), `${kind}: ${right}`).toHaveLength(2);
    writeFileSync(
      join(author.folder, `mistakes/m${at}.ts`),
      source.replace(right, () => wrong),
    );
  }
  const order = {
    title: "order",
    type: "object",
    required: ["id", "updated_at"],
    properties: { id: { type: "integer" }, updated_at: { type: "string" } },
  };
  writeFileSync(
    join(author.folder, "order.ts"),
    await typescriptOf(describedRows(JSON.stringify(order), { path: "order.json" }), "tapline codegen"),
  );
  mkdirSync(join(author.folder, "typed"));
  writeFileSync(join(author.folder, "typed/right.ts"), typed("id", "updated_at", "updated_at"));
  for (const [at, [source]] of typedMistakes.entries()) writeFileSync(join(author.folder, `mistakes/t${at}.ts`), source);
  const { compilerOptions } = JSON.parse(pluginFiles("rest", "x")["tsconfig.json"] as string);
  const config = { compilerOptions: { ...compilerOptions, rootDir: ".", noEmit: true }, include: ["*/src", "mistakes", "typed"] };
  writeFileSync(join(author.folder, "tsconfig.json"), JSON.stringify(config));
  const { text } = await author.run(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "--pretty", "false"]);
  const expected = new Map([
    ...mistakes.map(([, , , says], at): [string, RegExp] => [`mistakes/m${at}.ts`, says]),
    ...typedMistakes.map(([, says], at): [string, RegExp] => [`mistakes/t${at}.ts`, says]),
  ]);
  const refused = text.split("\n").flatMap((line) => /^(\S+)\(\d+,\d+\): error/.exec(line)?.[1] ?? []);
  expect(new Set(refused), text).toEqual(new Set(expected.keys()));
  for (const [file, says] of expected) expect(text.slice(text.indexOf(file)).split("\nmistakes/")[0]).toMatch(says);
});

test("the tests of a new tap pass at once, its README has its settings, and it discovers", async () => {
  using author = authorFolder();
  const args = ["new", "tap", "shop-orders", "--kind", "custom"];
  expect(await author.run("tapline", args)).toMatchObject({
    code: 0,
    text: expect.stringContaining("created  tap-shop-orders/src/tap-shop-orders.ts"),
  });
  expect(await author.run("tapline", args)).toMatchObject({ code: 2, text: expect.stringContaining("already a tap-shop-orders") });
  const tested = await author.run("npm", ["test"], "tap-shop-orders");
  expect(tested, tested.text).toMatchObject({ code: 0, text: expect.stringContaining("15 passed") });
  const discovered = await author.run("npm", ["start", "--silent", "--", "--discover"], "tap-shop-orders");
  expect(discovered).toMatchObject({ code: 0, text: expect.stringContaining('"tap_stream_id": "shop_orders"') });
});

test("what is typed wrong is told, and nothing is made", async () => {
  using author = authorFolder();
  const create = [join(root, "packages/create/bin/create-tapline.js")];
  const tries: [string[], RegExp][] = [
    [[], /Give one name/],
    [["orders"], /"orders" is no name of a plugin/],
    [["tap-../x"], /no name of a plugin/],
    [["tap-x", "--kind", "oracle"], /--kind is one of rest, sql, file, custom/],
    [["target-x", "--kind", "sql"], /--kind is for taps/],
  ];
  for (const [words, says] of tries)
    expect(await author.run(process.execPath, [...create, ...words])).toMatchObject({ code: 2, text: expect.stringMatching(says) });
});

test("new plugins are built with the tools of this repository", () => {
  const { devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  expect(devDependencies).toMatchObject(tools);
});
