/** What `tapline new` makes is refused by the compiler where a name is misspelt, and its tests pass at once. The suite `new-plugins` runs every kind. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
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

test("each kind compiles, and a misspelt key, cursor, property or setting does not", async () => {
  using author = authorFolder();
  for (const kind of Object.keys(kinds) as KindName[]) makePlugin(author.folder, kind, kind === "mapper" ? "mask" : `shop-${kind}`);
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
  const { compilerOptions } = JSON.parse(pluginFiles("rest", "x")["tsconfig.json"] as string);
  const config = { compilerOptions: { ...compilerOptions, rootDir: ".", noEmit: true }, include: ["*/src", "mistakes"] };
  writeFileSync(join(author.folder, "tsconfig.json"), JSON.stringify(config));
  const { text } = await author.run(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "--pretty", "false"]);
  const found = new Map(text.split("\n").flatMap((line) => (/^\S.*error/.test(line) ? [[line.split("(")[0] as string, line]] : [])));
  expect([...found.keys()].sort(), text).toEqual(mistakes.map((_, at) => `mistakes/m${at}.ts`).sort());
  for (const [at, [, , , says]] of mistakes.entries())
    expect(
      text
        .split("\n")
        .filter((line) => line.startsWith(`mistakes/m${at}.ts`))
        .join("\n"),
    ).toMatch(says);
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
