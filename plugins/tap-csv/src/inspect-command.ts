/** The command `tap-csv inspect FILE...`. What it does is loaded only when it is asked for. */
import { parseArgs } from "node:util";
import { type Command, formatNumber } from "@tapline/sdk";
import type { GivenLayout } from "./excel/detect-file.ts";
import { listInputs } from "./find/list.ts";
import type { Inspection } from "./inspection.ts";

const defaultRows = 100_000;

export const inspectCommand: Command = {
  name: "inspect",
  usage: "FILE... [--sheet NAME] [--range A3:F] [--rows N | --all] [--format json]",
  description: `Shows how files are read and why: encoding, dialect, types, sheets of a workbook, and rows with errors (in the first ${formatNumber(defaultRows)} rows).`,
  async run(args, { print, usage, signal }) {
    const { files, rows, given, isJson } = read(args, usage);
    const [{ inspect }, { viewOf }] = await Promise.all([import("./inspect.ts"), import("./inspect-view.ts")]);
    const found: Inspection[] = [];
    for (const input of await listInputs(files, { position: {} })) {
      if (signal.aborted) return;
      const inspection = await inspect(input, rows, given);
      if (isJson) found.push(inspection);
      else print(viewOf(inspection, process.stdout.isTTY ? process.stdout.columns : undefined));
    }
    if (isJson) print(`${JSON.stringify(found, null, 2)}\n`);
  },
};

interface Arguments {
  files: string[];
  rows: number;
  given: GivenLayout;
  isJson: boolean;
}

function read(args: readonly string[], usage: (reason: string) => Error): Arguments {
  const options = {
    rows: { type: "string" },
    all: { type: "boolean" },
    format: { type: "string" },
    sheet: { type: "string" },
    range: { type: "string" },
  } as const;
  let parsed: ReturnType<typeof parseArgs<{ args: string[]; options: typeof options; allowPositionals: true }>>;
  try {
    parsed = parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw usage((error as Error).message.split("\n")[0] as string);
  }
  const { values, positionals } = parsed;
  if (positionals.length === 0) throw usage("inspect needs at least one FILE");
  if (values.format !== undefined && values.format !== "json" && values.format !== "text")
    throw usage(`--format must be json or text, not ${values.format}`);
  if (values.rows !== undefined && !/^[1-9]\d{0,14}$/.test(values.rows))
    throw usage(`--rows must be a whole number of at least 1, not ${values.rows}`);
  const rows = values.all === true ? Number.POSITIVE_INFINITY : Number(values.rows ?? defaultRows);
  return { files: positionals, rows, given: { sheet: sheetOf(values.sheet), range: values.range }, isJson: values.format === "json" };
}

/** A number is the number of a sheet, as in the setting. */
const sheetOf = (text: string | undefined): string | number | undefined =>
  text !== undefined && /^[1-9]\d{0,4}$/.test(text) ? Number(text) : text;
