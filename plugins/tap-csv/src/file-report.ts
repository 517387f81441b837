/** Reports what was left out of a file, or loaded although it may be no data, once the file was read. */
import { formatNumber, type ReadContext } from "@tapline/sdk";
import { shorten } from "./errors.ts";
import { cellsIn } from "./rows/footer.ts";
import type { SkippedLine } from "./rows/no-data.ts";
import type { Dialect } from "./sniff/dialect.ts";
import { isUnnamedTotal, looksLikeFooter } from "./sniff/footer.ts";
import { isSameHeader } from "./sniff/same-header.ts";
import type { Table } from "./table.ts";

export interface FileReportOptions {
  file: string;
  dialect: Dialect;
  footer: number | "auto" | undefined;
  context: Pick<ReadContext, "log" | "skipped">;
}

export class FileReport {
  readonly #options: FileReportOptions;
  readonly #counts = new Map<SkippedLine, { rows: number; first: number }>();

  constructor(options: FileReportOptions) {
    this.#options = options;
  }

  skip(what: SkippedLine, line: number): void {
    const { file, context } = this.#options;
    context.skipped(1);
    if (what === "separator") context.log("debug", `${file}, line ${line}: left out a line that names the delimiter`);
    const count = this.#counts.get(what);
    if (count === undefined) this.#counts.set(what, { rows: 1, first: line });
    else count.rows++;
  }

  /** `lines`: those that `footer` left out. */
  footer(lines: readonly string[]): void {
    const { file, context, footer } = this.#options;
    context.skipped(lines.length);
    const what = lines.length === 1 ? "the last line" : `the last ${lines.length} lines`;
    const message = `${file}: left out ${what}: ${lines.map((line) => JSON.stringify(shorten(line))).join(", ")}`;
    if (typeof footer === "number" && lines.length < footer) {
      const remedy = "so no row is left. Set footer to the number of lines after the table";
      context.log(
        "warning",
        `${message}: footer is ${footer}, but only ${lines.length} ${lines.length === 1 ? "follows" : "follow"} the header, ${remedy}`,
      );
    } else if (footer === "auto")
      context.log("warning", `${message}. To load what is a row, set footer to the number of lines that are not`);
    else context.log("debug", message);
  }

  end(table: Table): void {
    const { file, context } = this.#options;
    for (const [what, { rows, first }] of this.#counts) {
      if (what === "separator") continue;
      const [one, many, remedy] = words[what];
      const found = rows === 1 ? one : many.replace("N", formatNumber(rows));
      // Empty rows at the end are usual, and nobody misses them.
      const isUsual = what === "empty" && first > (table.lastLine?.line ?? first);
      context.log(isUsual ? "debug" : "warning", `${file}, line ${first}: ${found} left out. ${remedy}`);
    }
    const total = totalIn(table, this.#options);
    if (total !== undefined) context.log("warning", total);
  }
}

const forRepetitions = "To load such rows, set repeated_header to row; to stop at them, to fail";

/** What was left out, once and several times, and the setting that changes it. */
const words: Record<Exclude<SkippedLine, "separator">, readonly [string, string, string]> = {
  header: ["the header is repeated, and this row was", "the header is repeated in N rows, which were", forRepetitions],
  preface: [
    "the line before the header is repeated with it, and was",
    "the lines before the header are repeated with it, and N lines were",
    forRepetitions,
  ],
  empty: [
    "every cell of this row is empty, and it was",
    "every cell is empty in N rows, which were",
    "To load such rows, set empty_rows to row; to stop at them, to fail",
  ],
};

/** How many rows before a row show whether it may be a total without a name. */
const maxRowsBefore = 20;

/** A warning when the last line of the file was loaded and looks like a total. */
export function totalIn(table: Table, { file, dialect, footer = 0 }: Omit<FileReportOptions, "context">): string | undefined {
  const { lastLine: last, header, wholeHeader } = table;
  if (footer !== 0 || last === undefined) return undefined;
  const cells = cellsIn(last.text, dialect);
  const isHeader = isSameHeader(cells, wholeHeader.rows.at(-1));
  const before = last.before.slice(-maxRowsBefore).map((line) => cellsIn(line, dialect));
  if (isHeader || !(looksLikeFooter(cells, header.length) || isUnnamedTotal(cells, header.length, before))) return undefined;
  const line = JSON.stringify(shorten(last.text));
  return `${file}, line ${last.line}: the last line ${line} looks like a total and was loaded as a row. To leave it out, set footer to 1 or auto`;
}
