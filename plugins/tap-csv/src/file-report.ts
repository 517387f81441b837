/** Reports what was left out of a file, or loaded although it may be no data, once the file was read. */
import { formatNumber, type ReadContext } from "@tapline/sdk";
import { shorten } from "./errors.ts";
import { cellsIn } from "./rows/footer.ts";
import type { SkippedLine } from "./rows/tokenizer.ts";
import type { Dialect } from "./sniff/dialect.ts";
import { looksLikeFooter } from "./sniff/footer.ts";
import type { Table } from "./table.ts";

export interface FileReportOptions {
  file: string;
  dialect: Dialect;
  footer: number | "auto" | undefined;
  context: Pick<ReadContext, "log" | "skipped">;
}

export class FileReport {
  readonly #options: FileReportOptions;
  #repeatedHeaders = 0;
  #firstRepetition = 0;

  constructor(options: FileReportOptions) {
    this.#options = options;
  }

  skip(what: SkippedLine, line: number): void {
    const { file, context } = this.#options;
    context.skipped(1);
    if (what === "separator") context.log("debug", `${file}, line ${line}: left out a line that names the delimiter`);
    else if (this.#repeatedHeaders++ === 0) this.#firstRepetition = line;
  }

  /** `lines`: those that `footer` left out. */
  footer(lines: readonly string[]): void {
    const { file, context, footer } = this.#options;
    context.skipped(lines.length);
    const what = lines.length === 1 ? "the last line" : `the last ${lines.length} lines`;
    const message = `${file}: left out ${what}: ${lines.map((line) => JSON.stringify(shorten(line))).join(", ")}`;
    if (footer === "auto") context.log("warning", `${message}. To load what is a row, set footer to the number of lines that are not`);
    else context.log("debug", message);
  }

  end(table: Table): void {
    const { file, context } = this.#options;
    const count = this.#repeatedHeaders;
    if (count > 0) {
      const rows =
        count === 1 ? "the header is repeated, and this row was" : `the header is repeated in ${formatNumber(count)} rows, which were`;
      const remedy = "To load such rows, set repeated_header to row; to stop at them, to fail";
      context.log("warning", `${file}, line ${this.#firstRepetition}: ${rows} left out. ${remedy}`);
    }
    const total = totalIn(table, this.#options);
    if (total !== undefined) context.log("warning", total);
  }
}

/** A warning when the last line of the file was loaded and looks like a total. */
export function totalIn(table: Table, { file, dialect, footer = 0 }: Omit<FileReportOptions, "context">): string | undefined {
  const { lastLine: last, header, wholeHeader } = table;
  if (footer !== 0 || last === undefined) return undefined;
  const cells = cellsIn(last.text, dialect);
  const isHeader = wholeHeader.rows.at(-1)?.every((cell, i) => cell === cells[i]) === true;
  if (isHeader || !looksLikeFooter(cells, header.length)) return undefined;
  const line = JSON.stringify(shorten(last.text));
  return `${file}, line ${last.line}: the last line ${line} looks like a total and was loaded as a row. To leave it out, set footer to 1 or auto`;
}
