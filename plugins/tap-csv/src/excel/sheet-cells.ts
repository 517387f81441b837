/** The rows of a sheet together with the shared texts that their cells need. */
import { brokenPart, openPart } from "./package.ts";
import { SharedStrings } from "./shared-strings.ts";
import { openSheetRows, type SheetRow } from "./sheet-rows.ts";
import type { Workbook } from "./workbook.ts";

export interface SheetCells extends AsyncDisposable {
  /** The next rows; undefined at the end. Texts they refer to are loaded. @throws workbook_broken, row_over_budget, archive_broken */
  next(): Promise<{ rows: readonly SheetRow[]; strings: SharedStrings | undefined } | undefined>;
}

/** Rows up to `lastRow`. @throws workbook_broken, archive_broken, archive_unreadable */
export async function openSheetCells(
  { pack, sharedStringsPart }: Workbook,
  part: string,
  limits: { lastRow: number; maxRowBytes: number },
): Promise<SheetCells> {
  const sheet = await openSheetRows(pack, part, limits);
  const broken = brokenPart(pack, part);
  let strings: SharedStrings | undefined;
  return {
    async next() {
      const rows = await sheet.next();
      if (rows === undefined) return undefined;
      const last = lastShared(rows, broken);
      if (last >= 0) {
        if (sharedStringsPart === undefined) throw broken("it uses shared texts, and the workbook has none");
        strings ??= new SharedStrings(await openPart(pack, sharedStringsPart), brokenPart(pack, sharedStringsPart));
        await strings.load(last);
      }
      return { rows, strings };
    },
    async [Symbol.asyncDispose]() {
      await sheet[Symbol.asyncDispose]();
      await strings?.[Symbol.asyncDispose]();
    },
  };
}

/** The largest number of a shared text; -1 without one. */
function lastShared(rows: readonly SheetRow[], broken: (reason: string) => Error): number {
  let last = -1;
  for (const { cells, number } of rows) {
    for (const { type, value } of cells) {
      if (type !== "s" || value === "") continue;
      const index = Number(value);
      if (!Number.isSafeInteger(index) || index < 0) throw broken(`row ${number} refers to the shared text ${JSON.stringify(value)}`);
      if (index > last) last = index;
    }
  }
  return last;
}
