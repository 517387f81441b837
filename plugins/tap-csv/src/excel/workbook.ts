/** Reads the sheets, the date system and the cell formats of a workbook before any sheet is read. */
import type { Position } from "@tapline/sdk";
import { builtinFormat, type DateFormat, formatOf } from "./number-format.ts";
import { brokenPart, openPackage, type Package, readPart, relationshipsOf } from "./package.ts";

export interface WorkbookSheet {
  readonly name: string;
  readonly isHidden: boolean;
  /** The part with its cells; undefined for a chart, a dialog or a macro sheet. */
  readonly part: string | undefined;
}

export interface Workbook {
  readonly pack: Package;
  /** In the order of their tabs. */
  readonly sheets: readonly WorkbookSheet[];
  /** Dates count from 1904, as in workbooks of old Macs. */
  readonly is1904: boolean;
  /** How each cell style shows numbers as dates; undefined for numbers. */
  readonly dateFormats: readonly (DateFormat | undefined)[];
  readonly sharedStringsPart: string | undefined;
}

/** @throws workbook_broken, archive_broken, archive_unreadable, file_missing, file_forbidden, file_unreadable */
export async function openWorkbook(path: string, position: Position): Promise<Workbook> {
  const pack = await openPackage(path, position);
  const main = (await relationshipsOf(pack, "")).find(({ type }) => type === "officeDocument")?.target ?? "xl/workbook.xml";
  const relationships = await relationshipsOf(pack, main);
  const { sheets, is1904 } = await readWorkbook(pack, main);
  const targets = new Map(relationships.filter(({ isExternal }) => !isExternal).map((one) => [one.id, one]));
  const partOf = (type: string): string | undefined => relationships.find((one) => one.type === type && !one.isExternal)?.target;
  const stylesPart = partOf("styles");
  return {
    pack,
    sheets: sheets.map(({ name, isHidden, id }) => {
      const target = targets.get(id);
      if (target === undefined) throw brokenPart(pack, main)(`the sheet ${JSON.stringify(name)} has no part in the file`);
      return { name, isHidden, part: target.type === "worksheet" ? target.target : undefined };
    }),
    is1904,
    dateFormats: stylesPart === undefined ? [] : await readStyles(pack, stylesPart),
    sharedStringsPart: partOf("sharedStrings"),
  };
}

interface ListedSheet {
  name: string;
  isHidden: boolean;
  /** Of its relationship. */
  id: string;
}

/** More sheets do not fit a workbook that Excel can open. */
const mostSheets = 100_000;

async function readWorkbook(pack: Package, part: string): Promise<{ sheets: ListedSheet[]; is1904: boolean }> {
  const broken = brokenPart(pack, part);
  const sheets: ListedSheet[] = [];
  let is1904 = false;
  let root: string | undefined;
  await readPart(pack, part, {
    open(element, attributes) {
      root ??= element;
      if (root !== "workbook") throw broken("it is not the start of a workbook");
      if (element === "workbookPr") is1904 = isTrue(attributes.date1904);
      if (element !== "sheet") return;
      if (sheets.length === mostSheets) throw broken(`it has more than ${mostSheets} sheets`);
      const { name = "", state = "visible" } = attributes;
      const id = Object.entries(attributes).find(([key]) => key.endsWith(":id"))?.[1] ?? "";
      sheets.push({ name, isHidden: state !== "visible", id });
    },
  });
  return { sheets, is1904 };
}

/** More styles than this are refused: Excel allows 65,490. */
const mostStyles = 1_000_000;

/** The date format of each entry of `cellXfs`, which cells refer to by its number. */
async function readStyles(pack: Package, part: string): Promise<(DateFormat | undefined)[]> {
  const broken = brokenPart(pack, part);
  const codes = new Map<string, DateFormat | undefined>();
  const styles: (DateFormat | undefined)[] = [];
  const parents: string[] = [];
  await readPart(pack, part, {
    open(element, { numFmtId: id = "0", formatCode: code = "" }) {
      const parent = parents.at(-1);
      parents.push(element);
      if (codes.size + styles.length > mostStyles) throw broken(`it has more than ${mostStyles} formats`);
      if (element === "numFmt" && parent === "numFmts") codes.set(id, formatOf(code.slice(0, 1000)));
      if (element === "xf" && parent === "cellXfs") styles.push(codes.has(id) ? codes.get(id) : builtinFormat(Number(id)));
    },
    close() {
      parents.pop();
    },
  });
  return styles;
}

export const isTrue = (value: string | undefined): boolean => value === "1" || value === "true";
