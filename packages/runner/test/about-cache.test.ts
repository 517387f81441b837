/** Plugins are asked once what they are, until they change. Each start of one adds a line to a file. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { preparePlugin, prepareStep } from "../src/plugins/prepare.ts";
import { openProject, openProjectOrEmpty } from "../src/project/project.ts";

interface Fixture {
  folder: string;
  path: string;
  starts(): string[];
  about(): Promise<unknown>;
  write(answer: string): void;
}

function makeFixture(answer: string, yml = ""): Fixture {
  const folder = mkdtempSync(join(tmpdir(), "tapline-about-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "tap-x");
  const write = (text: string): void => {
    writeFileSync(path, `#!/bin/sh\necho "$1" >> "${folder}/starts.txt"\n${text}\n`);
    chmodSync(path, 0o755);
  };
  write(answer);
  writeFileSync(join(folder, "tapline.yml"), `plugins:\n  tap-x: { executable: ./tap-x }\n${yml}`);
  const starts = (): string[] =>
    existsSync(join(folder, "starts.txt")) ? readFileSync(join(folder, "starts.txt"), "utf8").trim().split("\n") : [];
  return { folder, path, starts, write, about: async () => (await preparePlugin(openProject(folder), "tap-x")).about };
}

const answering = (version: string): string => `echo '{"version":"${version}"}'`;

test("an answer is kept until the program changes", async () => {
  const { about, starts, write } = makeFixture(answering("1"));
  expect([await about(), await about()]).toEqual([{ version: "1" }, { version: "1" }]);
  expect(starts()).toHaveLength(1);
  write(answering("2.0"));
  expect(await about()).toEqual({ version: "2.0" });
});

test("a refusal is kept, a crash is not", async () => {
  const refusing = makeFixture("echo 'tap-x: error: unrecognized arguments: --about' >&2; exit 2");
  expect([await refusing.about(), await refusing.about()]).toEqual([null, null]);
  expect(refusing.starts()).toHaveLength(1);
  const crashing = makeFixture("echo 'Traceback: out of memory' >&2; exit 1");
  expect([await crashing.about(), await crashing.about()]).toEqual([null, null]);
  expect(crashing.starts()).toHaveLength(2);
});

test("another environment may have another answer", async () => {
  const { folder, starts } = makeFixture(
    `echo "{\\"version\\":\\"$TAP_KIND\\"}"`,
    "environments: { prod: { plugins: { tap-x: { env: { TAP_KIND: p } } } } }\n",
  );
  const aboutIn = async (environment: string): Promise<unknown> =>
    (await preparePlugin(openProject(folder), "tap-x", { environment })).about;
  expect([await aboutIn("dev"), await aboutIn("prod"), await aboutIn("dev")]).toEqual([{ version: "" }, { version: "p" }, { version: "" }]);
  expect(starts()).toHaveLength(2);
});

test("of a linked package any new file of its code makes it ask again", async () => {
  const { folder, starts } = makeFixture(answering("1"));
  const linked = join(folder, "linked");
  mkdirSync(join(linked, "dist"), { recursive: true });
  mkdirSync(join(folder, "node_modules/.bin"), { recursive: true });
  writeFileSync(join(linked, "package.json"), '{"name":"tap-y","version":"1.0.0"}');
  writeFileSync(join(linked, "cli.js"), 'require("node:fs").appendFileSync("starts.txt", "y\\n"); console.log(\'{"version":"1"}\');');
  writeFileSync(join(linked, "dist/index.js"), "");
  symlinkSync(join(linked, "cli.js"), join(folder, "node_modules/.bin/tap-y"));
  const ask = (): Promise<unknown> => preparePlugin(openProject(folder), "tap-y");
  await ask();
  await ask();
  expect(starts()).toHaveLength(1);
  utimesSync(join(linked, "dist/index.js"), new Date(), new Date(Date.now() + 60_000));
  await ask();
  expect(starts()).toHaveLength(2);
});

test("nothing is left after where no project is, and no secret in what is kept", async () => {
  const { folder, path } = makeFixture(answering("1"), "");
  writeFileSync(join(folder, "tapline.yml"), `plugins: { tap-x: { executable: ./tap-x, env: { API_TOKEN: hush-hush } } }`);
  await preparePlugin(openProject(folder), "tap-x");
  const kept = readdirSync(join(folder, ".tapline/about")).map((name) => readFileSync(join(folder, ".tapline/about", name), "utf8"));
  expect(kept).toHaveLength(1);
  expect(kept.join()).not.toContain("hush");
  const bare = mkdtempSync(join(tmpdir(), "tapline-bare-"));
  onTestFinished(() => rmSync(bare, { recursive: true }));
  mkdirSync(join(bare, "node_modules/.bin"), { recursive: true });
  symlinkSync(path, join(bare, "node_modules/.bin/tap-x"));
  await preparePlugin(openProjectOrEmpty(bare), "tap-x");
  expect(readdirSync(bare)).toEqual(["node_modules"]);
});

test.each([
  ["its help names it alone", "usage: tap-x [-p PROPERTIES] --properties FILE", "", "--properties"],
  ["its help names both", "usage: tap-x --catalog FILE --properties FILE", "", "--catalog"],
  ["its help reports nothing", "hello", "", "--catalog"],
  ["its definition states it", "usage: tap-x --catalog FILE", "capabilities: [discover, properties]", "--properties"],
])("an old tap gets --properties where %s", async (_when, help, capabilities, expected) => {
  const { folder } = makeFixture(`if [ "$1" = --help ]; then echo '${help}'; else echo 'usage: tap-x' >&2; exit 2; fi`);
  const definition = capabilities === "" ? "" : ", definition: tap-x.yml";
  writeFileSync(join(folder, "tap-x.yml"), `name: tap-x\n${capabilities}\n`);
  writeFileSync(join(folder, "tapline.yml"), `plugins: { tap-x: { executable: ./tap-x${definition} }, target-x: { executable: ./tap-x } }`);
  const { tap } = await prepareStep({ project: openProject(folder), tap: "tap-x", target: "target-x" });
  expect(tap.catalogOption).toBe(expected);
});
