/** `tapline state …` in a real project, over each store. */
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { testDatabase } from "@tapline/testing/postgres";
import { describe, expect, test } from "vitest";
import { type Answer, linesOf, makeProject, start, tapline, until } from "./tapline.ts";

const id = "dev:tap-test-to-target-test";
const other = "dev:tap-test-to-target-other";

function withState(folder: string, state: object, environments: object = {}): string {
  const path = join(folder, "tapline.yml");
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), state, environments }));
  return folder;
}

const state = (folder: string, ...args: string[]): Promise<Answer> => tapline(folder, ["state", ...args]);
const bookmark = (value: number): string => `{"bookmarks":{"items":{"replication_key":"id","replication_key_value":${value}}}}`;

async function postgresUrl(): Promise<string> {
  const { host, port, user, password, database } = await testDatabase();
  return `postgresql://${user}:${password}@${host}:${port}/${database}`;
}

describe.each<[string, () => Promise<object>]>([
  ["sqlite", async () => ({})],
  ["file", async () => ({ backend: "file", path: "states/state.json" })],
  ["postgres", async () => ({ backend: "postgres", url: await postgresUrl() })],
])("states in %s", (name, settings) => {
  test("a run keeps its bookmark there, and continues from one that was set", async () => {
    const folder = withState(makeProject({ rows: 4 }), await settings());
    expect((await tapline(folder, ["run", "pipe"])).code).toBe(0);
    expect((await state(folder, "get", id)).out).toBe(`${bookmark(4)}\n`);
    expect((await state(folder, "set", id, bookmark(2))).code).toBe(0);
    expect((await tapline(folder, ["run", "pipe"])).code).toBe(0);
    expect(linesOf(folder, "loaded.txt")).toEqual(["1", "2", "3", "4", "3", "4"]);
    expect((await tapline(folder, ["run", "pipe", "--full-refresh"])).code).toBe(0);
    const { out } = await state(folder, "history", id);
    const kinds = out.split("\n").map((line) => line.split("  ")[2]?.trim());
    expect(kinds).toEqual(["full refresh done", "run done", "set", "run done", undefined]);
  });

  test("a dry run prints the bookmark, and makes no store where there is none", async () => {
    const folder = withState(makeProject(), await settings());
    const dry = () => tapline(folder, ["run", "pipe", "--dry-run"]);
    const before = readdirSync(folder, { recursive: true });
    const first = await dry();
    expect(first.out).toMatch(/starts +from the beginning/);
    expect(readdirSync(folder, { recursive: true })).toEqual(before);
    expect((await dry()).out).toBe(first.out);
    await state(folder, "set", id, bookmark(2));
    // Also on a machine that never ran it.
    if (name !== "sqlite") rmSync(join(folder, ".tapline"), { recursive: true, force: true });
    expect((await dry()).out).toMatch(/starts +from the bookmark: items: id 2/);
  });

  test("a runner that is killed locks nobody out", async () => {
    const folder = withState(makeProject({ rows: 9, hang_at: 4 }), await settings());
    const run = start(folder, ["run", "pipe"]);
    await until(() => linesOf(folder, "loaded.txt").length >= 2, "rows were loaded");
    const second = await tapline(folder, ["run", "pipe"]);
    expect(second.err).toContain("is already running");
    expect(second.code).toBe(3);
    run.child.kill("SIGKILL");
    await run.answer;
    const path = join(folder, "tapline.yml");
    writeFileSync(path, readFileSync(path, "utf8").replace('"hang_at":4', '"hang_at":0'));
    expect((await tapline(folder, ["run", "pipe"])).code).toBe(0);
    expect((await state(folder, "get", id)).out).toBe(`${bookmark(9)}\n`);
  });
});

test("bookmarks are merged, copied, moved and cleared stream by stream", async () => {
  const folder = makeProject();
  await state(folder, "set", id, '{"bookmarks":{"items":{"id":12345678901234567891},"orders":{"id":1}}}');
  expect((await state(folder, "merge", id, '{"bookmarks":{"orders":{"id":2}}}')).code).toBe(0);
  expect((await state(folder, "get", id)).out).toBe('{"bookmarks":{"items":{"id":12345678901234567891},"orders":{"id":2}}}\n');
  expect((await state(folder, "copy", id, other)).code).toBe(0);
  const again = await state(folder, "copy", id, other);
  expect(again.err).toContain(`already a state under ${other}`);
  expect(again.code).toBe(2);
  expect((await state(folder, "clear", id, "items")).out).toContain("Cleared items of");
  const wrong = await state(folder, "clear", id, "order");
  expect(wrong.err).toMatch(/no bookmark of order; it has those of orders.*Did you mean orders\?/);
  expect((await state(folder, "merge", id, "--from", other)).code).toBe(0);
  expect((await state(folder, "get", id)).out).toContain("12345678901234567891");
  expect((await state(folder, "move", other, id, "--force")).code).toBe(0);
  const list = await state(folder, "list", "--json");
  expect(
    list.out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).state_id),
  ).toEqual([id]);
});

test("a rollback goes back to what was kept before, to what a run left, and back again", async () => {
  const folder = makeProject();
  expect((await state(folder, "rollback", id)).err).toContain("no other state");
  for (const value of [1, 2, 3]) await state(folder, "set", id, bookmark(value));
  const history = (await state(folder, "history", id, "--json")).out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(history.map((run) => run.state_after.bookmarks.items.replication_key_value)).toEqual([3, 2, 1]);
  const valueAfter = async (...args: string[]): Promise<string> => {
    expect((await state(folder, "rollback", id, ...args)).code).toBe(0);
    return (await state(folder, "get", id)).out.trim();
  };
  expect(await valueAfter()).toBe(bookmark(2));
  expect(await valueAfter()).toBe(bookmark(3));
  expect(await valueAfter("--to", history[2].run_id)).toBe(bookmark(1));
  const unknown = await state(folder, "rollback", id, "--to", "nothing");
  expect(unknown.err).toContain("has no run nothing");
  expect(unknown.code).toBe(2);
});

test("states are exported and imported digit for digit, into another store too", async () => {
  const from = makeProject();
  await state(from, "set", id, '{"bookmarks":{"items":{"id":12345678901234567891}}}');
  await state(from, "set", other, '{"lsn":1}');
  const { out } = await state(from, "export");
  const to = withState(makeProject(), { backend: "file" });
  expect((await tapline(to, ["state", "import", "-"], out)).out).toContain("Imported 2 states into");
  expect((await state(to, "export")).out).toBe(out);
  writeFileSync(join(to, "states.json"), `{"${other}":{"lsn":2},"dev:a-to-b":{}}`);
  const refused = await state(to, "import", "states.json");
  expect(refused.err).toContain(other);
  expect(refused.code).toBe(2);
  expect((await state(to, "export")).out).toBe(out);
  expect((await state(to, "import", "states.json", "--force")).code).toBe(0);
  expect((await state(to, "get", other)).out).toBe('{"lsn":2}\n');
  expect((await state(from, "export", id)).out).toBe(`{\n  "${id}": {"bookmarks":{"items":{"id":12345678901234567891}}}\n}\n`);
});

test("an environment may have a store that is separate, and states go from one to the other", async () => {
  const folder = withState(makeProject(), {}, { prod: { state: { backend: "file", path: "prod.json" } } });
  await state(folder, "set", id, '{"lsn":1}');
  expect((await state(folder, "copy", id, "prod:tap-test-to-target-test")).code).toBe(0);
  expect((await state(folder, "list")).out).not.toContain("prod:");
  expect((await state(folder, "list", "--environment", "prod")).out).toContain("prod:tap-test");
  expect((await state(folder, "move", "prod:tap-test-to-target-test", other)).code).toBe(0);
  expect((await state(folder, "export")).out).toContain(other);
  expect((await state(folder, "export", "--environment", "prod")).out).toBe("{}\n");
});

describe("edit", () => {
  function editor(folder: string, script: string): NodeJS.ProcessEnv {
    const path = join(folder, "editor.sh");
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
    return { VISUAL: `${path} --wait` };
  }

  test("keeps what was saved in the editor, and nothing it can't be", async () => {
    const folder = makeProject();
    await state(folder, "set", id, '{"id":12345678901234567891}');
    const run = (script: string): Promise<Answer> => start(folder, ["state", "edit", id], "", editor(folder, script)).answer;
    expect((await run('test "$1" = --wait && sed -i s/891/892/ "$2"')).code).toBe(0);
    expect((await state(folder, "get", id)).out).toBe('{"id":12345678901234567892}\n');
    expect((await run("true")).out).toContain("Nothing was changed");
    const broken = await run('echo "{" > "$2"');
    expect(broken.err).toContain("The state is not JSON");
    const failed = await run("exit 3");
    expect(failed.err).toContain("ended with exit code 3; nothing was changed");
    expect([broken.code, failed.code]).toEqual([2, 2]);
    expect((await state(folder, "get", id)).out).toBe('{"id":12345678901234567892}\n');
  });

  test("what somebody else kept meanwhile is not overwritten", async () => {
    const folder = makeProject();
    await state(folder, "set", id, '{"id":1}');
    const script = `echo '{"id":2}' > "$2"; touch open; while [ ! -e go ]; do sleep 0.05; done`;
    const { answer } = start(folder, ["state", "edit", id], "", editor(folder, script));
    await until(() => existsSync(join(folder, "open")), "the editor is open");
    await state(folder, "set", id, '{"id":3}');
    writeFileSync(join(folder, "go"), "");
    const { code, err } = await answer;
    expect(err).toContain("has changed since it was read");
    expect(code).toBe(1);
    expect((await state(folder, "get", id)).out).toBe('{"id":3}\n');
  });
});

describe("settings of the store", () => {
  test("a store that can't be reached is reported without its password, and nothing is started", async () => {
    const folder = withState(makeProject(), { backend: "postgres", url: "postgresql://me:hunter2@127.0.0.1:1/states" });
    const { code, err, out } = await tapline(folder, ["run", "pipe"]);
    expect(err).toContain("States can't be kept in PostgreSQL at 127.0.0.1:1/states");
    expect(`${err}${out}`).not.toContain("hunter2");
    expect(code).toBe(1);
    expect(linesOf(folder, "loaded.txt")).toEqual([]);
  });

  test("its URL may come from a file", async () => {
    const folder = withState(makeProject(), { backend: "postgres", url: { $file: "state-url.txt" } });
    writeFileSync(join(folder, "state-url.txt"), `${await postgresUrl()}\n`);
    expect((await state(folder, "set", id, "{}")).code).toBe(0);
    expect((await state(folder, "list")).out).toContain(id);
  });

  test.each([
    [{ backend: "postgres" }, "state.url is not set"],
    [{ backend: "postgres", url: { file: "x" } }, "unknown key state.url.file"],
    [{ backend: "postgres", url: "$NOBODY_SETS_THIS" }, "NOBODY_SETS_THIS, which state.url uses, is not set"],
    [{ backend: "redis" }, "state.backend"],
    [{ bakend: "file" }, "did you mean backend?"],
  ])("%j is refused", async (settings, message) => {
    const { code, err } = await state(withState(makeProject(), settings), "list");
    expect(err).toContain(message);
    expect(code).toBe(2);
  });
});

describe("tapline resync", () => {
  const resync = (folder: string, ...words: string[]): Promise<Answer> => tapline(folder, ["resync", ...words]);

  test("has the next run read the named streams from their beginning, by the job or by its plugins", async () => {
    const folder = makeProject();
    await state(folder, "set", id, '{"bookmarks":{"public-items":{"id":12345678901234567891},"public-orders":{"id":1}}}');
    const done = await resync(folder, "pipe", "public.orders");
    expect(done).toMatchObject({ code: 0, out: expect.stringContaining("The next run of pipe reads whole: public-orders.") });
    expect((await state(folder, "get", id)).out).toBe('{"bookmarks":{"public-items":{"id":12345678901234567891}}}\n');
    expect((await resync(folder, "tap-test", "target-test", "items")).code).toBe(0);
    expect((await state(folder, "get", id)).out).toBe('{"bookmarks":{}}\n');
  });

  test("names near streams where a table matches none, asks where it matches several, and changes nothing then", async () => {
    const folder = makeProject();
    const kept = '{"bookmarks":{"public-orders":{"id":1},"sales-orders":{"id":2}}}';
    await state(folder, "set", id, kept);
    expect(await resync(folder, "pipe", "public-orders", "public.ordres")).toMatchObject({
      code: 2,
      err: expect.stringContaining("near ones are public-orders, sales-orders"),
    });
    expect(await resync(folder, "pipe", "orders")).toMatchObject({ code: 2, err: expect.stringContaining("several streams") });
    expect(await resync(folder, "tap-test", "target-test")).toMatchObject({ code: 2 });
    expect((await state(folder, "get", id)).out).toBe(`${kept}\n`);
    expect(await resync(makeProject(), "pipe", "orders")).toMatchObject({ code: 2, err: expect.stringContaining("There is no state") });
  });
});
