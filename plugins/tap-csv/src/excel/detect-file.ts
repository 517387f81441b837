/** Detects how a file is read, whatever it is: a workbook or text. */
import type { Position } from "@tapline/sdk";
import { type Detection, detect } from "../sniff/detect.ts";
import type { GivenDialect } from "../sniff/dialect.ts";
import type { InputFile } from "../source/source.ts";
import type { SheetDetection } from "./detect-sheet.ts";
import { isWorkbook } from "./recognize-workbook.ts";
import type { GivenSheet } from "./table-in-sheet.ts";

/** What the settings give; the rest is detected. */
export type GivenLayout = GivenDialect & GivenSheet;

export type FileDetection = (Detection & { place?: undefined }) | SheetDetection;

/** `names`: columns that the config names. @throws the errors of `detect`, `isWorkbook` and `detectSheet` */
export async function detectFile(
  input: InputFile,
  given: GivenLayout,
  position: Position,
  names: ReadonlySet<string> = new Set(),
): Promise<FileDetection> {
  if (await isWorkbook(input, position)) return (await import("./detect-sheet.ts")).detectSheet(input, given, position, names);
  return detect(input, given, position, names);
}
