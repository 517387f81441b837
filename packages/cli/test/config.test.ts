import { appendFileSync, chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeFolder, makeProject, tapline } from "./tapline.ts";

const text = (folder: string): string => readFileSync(join(folder, "tapline.yml"), "utf8");

/** The fixture project as a person would have written it, with remarks. */
function yamlProject(): string {
  const folder = makeProject();
  const { plugins } = JSON.parse(text(folder));
  writeFileSync(
    join(folder, "tapline.yml"),
    `# my project
plugins:
  tap-test: # the source
    executable: ${plugins["tap-test"].executable}
    config:
      signals_file: signals.txt # a remark
      key_phrase: $PHRASE
  target-test:
    executable: ${plugins["target-test"].executable}
    config: { output: loaded.txt }
environments:
  prod: {}
`,
  );
  writeFileSync(join(folder, ".env"), "PHRASE=sesame\n", { mode: 0o600 });
  return folder;
}

test("config set changes its line alone, and config list shows where a value comes from", async () => {
  const folder = yamlProject();
  const before = text(folder);
  const set = await tapline(folder, ["config", "set", "tap-test", "signals_file", "other.txt"]);
  expect(set).toMatchObject({ code: 0, out: "tapline.yml: tap-test.signals_file is set\n" });
  expect(text(folder)).toBe(before.replace("signals.txt #", "other.txt #"));
  await tapline(folder, ["config", "set", "tap-test", "signals_file", "prod.txt", "-e", "prod"]);
  const { out } = await tapline(folder, ["config", "list", "tap-test", "-e", "prod"]);
  expect(out).toMatch(/signals_file +prod\.txt +tapline\.yml:\d+ \(prod\)/);
  expect(out).toMatch(/key_phrase +\$PHRASE +tapline\.yml:7/);
});

test("config set refuses a value of another type at once, and names setting, type and value", async () => {
  const folder = makeFolder();
  const before =
    "plugins:\n  tap-csv: { config: { files: [{ entity: a, path: a.csv }] } }\n  target-postgres: { config: { password: $MISSING_VARIABLE } }\n";
  writeFileSync(join(folder, "tapline.yml"), before);
  const refusals: [string[], string][] = [
    [["target-postgres", "port", "abc"], 'target-postgres.port must be a whole number, but "abc" was given'],
    [["tap-csv", "infer", "ful"], 'tap-csv.infer must be sample or full or none, but "ful" was given; did you mean full?'],
    [["tap-csv", "files.0.keys", "id"], 'tap-csv.files.0.keys must be a list, but "id" was given'],
    [["tap-csv", "files.0.pth", "b.csv"], "Did you mean files.0.path?"],
    [["tap-csv", "stock.keys", "[sku]"], 'tap-csv has no setting "stock"'],
    [["tap-csv", "files.0.no.such", "1"], 'tap-csv has no setting "files.0.no"'],
    [["tap-csv", "infer.no", "1"], 'tap-csv has no setting "infer.no"'],
    [["tap-csv", "files.7.keys", "[sku]"], 'files is a list with the index 0, so it has no "7"'],
    [["target-postgres", "no.such.thing", "5"], 'target-postgres has no setting "no"'],
  ];
  for (const [words, message] of refusals) {
    const { code, err } = await tapline(folder, ["config", "set", ...words]);
    expect(err.replaceAll(/\s+/g, " ")).toContain(message);
    expect(code).toBe(2);
  }
  expect(text(folder)).toBe(before);
  for (const words of [
    ["target-postgres", "port", "$PGPORT"],
    ["target-postgres", "port", "5433"],
    ["tap-csv", "files.0.keys", "[sku, day]"],
  ])
    expect(await tapline(folder, ["config", "set", ...words])).toMatchObject({ code: 0 });
  expect(text(folder)).toContain("port: 5433");
});

test("a plugin that refuses a setting names its line in tapline.yml", async () => {
  const folder = makeFolder();
  const lines = [
    "plugins:",
    "  tap-csv:",
    "    config:",
    "      files:",
    "        - entity: a",
    "          path: a.csv",
    "          keys: id",
  ];
  writeFileSync(join(folder, "tapline.yml"), `${lines.join("\n")}\n  target-jsonl: {}\n`);
  const { err } = await tapline(folder, ["run", "tap-csv", "target-jsonl"]);
  expect(err.replaceAll(/\s+/g, " ")).toContain(`tap-csv, file ${join(folder, "tapline.yml")}, line 7`);
});

test("config set writes the entry of a plugin that is installed without one, and refuses any other name", async () => {
  const folder = makeFolder();
  writeFileSync(join(folder, "tapline.yml"), "# mine\njobs:\n  a: [tap-csv target-duckdb]\n");
  expect(await tapline(folder, ["config", "set", "target-duckdb", "filepath", "shop.duckdb"])).toMatchObject({ code: 0, err: "" });
  expect(text(folder)).toBe(
    "# mine\njobs:\n  a: [tap-csv target-duckdb]\nplugins:\n  target-duckdb:\n    config:\n      filepath: shop.duckdb\n",
  );
  for (const name of ["tap-none", "sh"]) {
    const refused = await tapline(folder, ["config", "set", name, "filepath", "x"]);
    expect(refused).toMatchObject({ code: 2, err: expect.stringContaining(`There is no plugin "${name}"`) });
  }
});

test("add of what is installed beside tapline only writes the entry; a second time it names --as", async () => {
  const folder = makeFolder();
  writeFileSync(join(folder, "tapline.yml"), "plugins: {}\n");
  const added = await tapline(folder, ["add", "tap-csv"]);
  expect(added).toMatchObject({ code: 0, out: expect.stringMatching(/^added {2}tap-csv \S+ {2}\(npm @tapline\/tap-csv\)/), err: "" });
  expect(readdirSync(folder)).toEqual(["tapline.yml"]);
  const again = await tapline(folder, ["add", "tap-csv"]);
  expect(again).toMatchObject({ code: 2, err: expect.stringContaining("--as tap-csv-2") });
  expect(await tapline(folder, ["add", "tap-csv", "--as", "tap-csv-2"])).toMatchObject({ code: 0 });
  expect(text(folder)).toBe("plugins:\n  tap-csv: {}\n  tap-csv-2:\n    inherit_from: tap-csv\n");
  const removed = await tapline(folder, ["remove", "tap-csv-2"]);
  expect(removed).toMatchObject({ code: 0, out: "removed  tap-csv-2\n" });
});

test("a secret as plain text is not shown, and reported", async () => {
  const folder = yamlProject();
  const set = await tapline(folder, ["config", "set", "tap-test", "key_phrase", "opensesame"]);
  expect(set.err).toContain("plain text");
  const { out } = await tapline(folder, ["config", "list", "tap-test", "--json"]);
  expect(out).not.toContain("opensesame");
  expect(JSON.parse(out)).toContainEqual(expect.objectContaining({ name: "key_phrase", value: "***" }));
});

test("config unset takes a setting out; one that is not set is named with what was meant", async () => {
  const folder = yamlProject();
  expect((await tapline(folder, ["config", "unset", "tap-test", "key_phrase"])).code).toBe(0);
  expect(text(folder)).not.toContain("key_phrase");
  const again = await tapline(folder, ["config", "unset", "tap-test", "signal_file"]);
  expect(again.err).toContain("Did you mean signals_file?");
  expect(again.code).toBe(2);
});

test("a misspelt setting, plugin or command gets a suggestion", async () => {
  const folder = yamlProject();
  expect((await tapline(folder, ["config", "set", "tap-test", "key_phrse", "x"])).err).toContain("Did you mean key_phrase?");
  expect((await tapline(folder, ["config", "list", "tap-tset"])).err).toContain("Did you mean tap-test?");
  const command = await tapline(folder, ["confg", "list", "tap-test"]);
  expect(command.err).toContain("Did you mean tapline config list?");
  expect(command.code).toBe(2);
});

test("config test runs the tap and reports why it fails", async () => {
  expect(await tapline(yamlProject(), ["config", "test", "tap-test"])).toMatchObject({ code: 0 });
  const { code, err } = await tapline(makeProject({ discover_fails: true }), ["config", "test", "tap-test"]);
  expect(err).toContain("KeyError: 'columns'");
  expect(code).toBe(1);
});

test("select shows what is read and writes patterns that lead somewhere", async () => {
  const folder = yamlProject();
  expect((await tapline(folder, ["select", "tap-test"])).out).toMatch(/^\[x\] {2}items/);
  expect((await tapline(folder, ["select", "tap-test", "items", "!items.nothing"])).err).toContain("matches nothing");
  expect(text(folder)).toContain('    select:\n      - items\n      - "!items.nothing"\n');
  const wrong = await tapline(folder, ["select", "tap-test", "itms"]);
  expect(wrong.err).toContain("Did you mean items?");
  expect(wrong.code).toBe(2);
  await tapline(folder, ["select", "tap-test", "items", "!items.nothing", "--remove"]);
  expect(text(folder)).not.toContain("select");
});

test("doctor reports what is wrong and the fix", async () => {
  const folder = yamlProject();
  const well = await tapline(folder, ["doctor"]);
  expect(well.out).toMatch(/^ok +tap-test: /m);
  expect(well.code).toBe(0);
  chmodSync(join(folder, ".env"), 0o644);
  appendFileSync(join(folder, "tapline.yml"), "jobs:\n  a: [tap-gone target-test]\n  b: [dtb build]\n");
  writeFileSync(join(folder, ".env"), "");
  const ill = await tapline(folder, ["doctor", "--json"]);
  expect(ill.code).toBe(1);
  const found = JSON.parse(ill.out) as { about: string; message: string; fix: string | null; status: string }[];
  expect(found).toContainEqual(expect.objectContaining({ about: ".env", fix: "chmod 600 .env" }));
  expect(found).toContainEqual(
    expect.objectContaining({ about: "tap-test", message: expect.stringContaining("PHRASE"), status: "problem" }),
  );
  expect(found).toContainEqual(expect.objectContaining({ about: "tap-gone", fix: expect.stringContaining("nstall") }));
  expect(found).toContainEqual(
    expect.objectContaining({ about: "b", message: expect.stringMatching(/has no plugin dtb.*line \d+, column/) }),
  );
  expect((await tapline(makeFolder(), ["doctor"])).out).toContain("tapline init");
});

test("doctor looks at schedules, sensors, channels, archives and the store", async () => {
  const folder = yamlProject();
  const more = `jobs:\n  a: [tap-test target-test]
schedules:\n  - { name: nightly, cron: "0 2 * * *", job: a }
sensors:\n  - { name: inbox, files: "inbox/*.csv", job: a }
notify: { channels: { chat: { slack: $NO_SUCH_URL }, log: { command: [cat] } } }\n`;
  appendFileSync(join(folder, "tapline.yml"), more);
  const found = async (): Promise<string[]> => {
    const { out } = await tapline(folder, ["doctor", "--json"]);
    return (JSON.parse(out) as { about: string; message: string; status: string }[]).map(
      ({ about, status, message }) => `${status} ${about}: ${message}`,
    );
  };
  const first = await found();
  expect(first).toContainEqual(expect.stringMatching(/^ok schedule nightly: it starts a \(dev\) next at \d{4}-.*T02:00Z$/));
  expect(first).toContainEqual("warning sensor inbox: there is no folder inbox/");
  expect(first).toContainEqual(expect.stringMatching(/^problem channel chat: .*NO_SUCH_URL/));
  expect(first).toContainEqual("ok channel log: its settings are there");
  expect(first).toContainEqual("ok store: states in .tapline are kept from the first run on");
  mkdirSync(join(folder, "inbox"));
  writeFileSync(join(folder, "tapline.yml"), `${text(folder)}state: { backend: postgres, url: "postgres://127.0.0.1:1/none" }\n`);
  const second = await found();
  expect(second).toContainEqual("ok sensor inbox: it starts a (dev) when files arrive");
  expect(second).toContainEqual(expect.stringMatching(/^problem store: .*127\.0\.0\.1/));
});

test("doctor changes nothing", async () => {
  const folder = yamlProject();
  const before = text(folder);
  await tapline(folder, ["doctor"]);
  expect(text(folder)).toBe(before);
  expect(existsSync(join(folder, ".tapline", "tapline.db"))).toBe(false);
});

test("completion knows jobs and plugins, and stays silent outside of a project", async () => {
  const words = async (folder: string, ...typed: string[]): Promise<string> =>
    (await tapline(folder, ["completion", "bash", "--words", "--", ...typed])).out;
  expect(await words(makeProject(), "run", "")).toBe("pipe\ntap-test\n");
  expect(await words(makeProject(), "run", "--js")).toBe("--json\n");
  // What has just begun to be a flag.
  expect(await words(makeProject(), "run", "pipe", "--")).toMatch(/^--batch\n--dry-run\n[\s\S]*--json\n/);
  expect(await words(makeFolder(), "run", "")).toBe("");
});

test.each([
  ["bash", "complete -o default -F _tapline tapline"],
  ["zsh", "compdef _tapline tapline"],
  ["fish", "complete -c tapline -f -a '(__tapline_complete)'"],
])("the script for %s asks tapline for words, and takes files where there are none", async (shell, last) => {
  const { out } = await tapline(makeFolder(), ["completion", shell]);
  expect(out).toContain(`tapline completion ${shell} --words -- `);
  expect(out).toMatch(/-o default|_files|__fish_complete_path/);
  expect(out.trimEnd().split("\n").at(-1)).toBe(last);
});
