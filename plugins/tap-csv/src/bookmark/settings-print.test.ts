import { checkConfig } from "@tapline/sdk";
import { expect, test } from "vitest";
import { type Config, config } from "../config.ts";
import { printSettings } from "./settings-print.ts";

/** Settings that choose streams, files and runs, and those that have no effect on the rows of a file. */
const withoutEffect = new Set(
  "entity path match strict replication_method replication_key detect_deletes changed_files read_again empty_files blank_lines".split(" "),
);
const ofTheTap = new Set("files csv_files_definition inbox root rejects max_row_bytes changed_settings claimed_files".split(" "));

test("each setting is in the print or known to have no effect on rows", () => {
  const settings = Object.keys(config.properties.files.items.properties).filter((name) => !withoutEffect.has(name));
  const all = Object.keys(config.properties).filter((name) => !ofTheTap.has(name));
  const values: Record<string, unknown> = {
    keys: ["a"],
    doublequote: false,
    skipinitialspace: true,
    trailing_delimiter: true,
    skip: 1,
    header: 1,
    columns: { a: { type: "string" } },
    null_values: ["N/A"],
    footer: 1,
    on_bad_row: "reject",
    short_rows: "pad",
    long_rows: "truncate",
    stray_quotes: "text",
    bad_bytes: "replace",
    nul_bytes: "keep",
    repeated_header: "row",
    empty_rows: "row",
    on_type_break: "widen",
  };
  const file = { entity: "items", path: "a.csv", ...Object.fromEntries(settings.map((name) => [name, values[name] ?? "x"])) };
  const given = { files: [file], add_metadata_columns: true, infer: "none" };
  const { config: checked } = checkConfig<Config>("tap-csv", config, given);
  const [first] = checked.files ?? [];
  if (first === undefined) throw new Error("no stream");
  const print = printSettings({ settings: first, config: checked, keys: first.keys });
  expect(Object.keys(print).toSorted()).toEqual([...settings, ...all].toSorted());
});
