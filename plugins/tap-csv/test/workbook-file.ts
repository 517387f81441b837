/** Writes workbooks for tests: ordinary ones from rows of values, and hostile ones by replacing parts. */
import { crc32, deflateRawSync } from "node:zlib";

/** Attributes and children of a `<c>`; `style` is a number in `formats`, from 1. */
export interface CellParts {
  type?: string;
  style?: number;
  formula?: string;
  value?: string | number;
}

export type CellValue = string | number | boolean | null | CellParts;

export interface SheetContent {
  name: string;
  state?: "hidden" | "veryHidden";
  /** By row: `[[…]]` fills the rows from 1, `{3: […]}` single ones. A text is a shared text. */
  rows?: CellValue[][] | Record<number, CellValue[]>;
  /** In place of `rows`: the whole part. */
  xml?: string;
}

export interface WorkbookContent {
  sheets: SheetContent[];
  /** Number formats: codes, or numbers of built-in ones. */
  formats?: (string | number)[];
  is1904?: boolean;
  /** Further parts, and other contents for those that are written anyway; undefined leaves a part out. */
  parts?: Record<string, string | Uint8Array | undefined>;
}

const main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const packageRelations = "http://schemas.openxmlformats.org/package/2006/relationships";
const start = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';

export function workbookFile({ sheets, formats = [], is1904 = false, parts = {} }: WorkbookContent): Buffer {
  const texts: string[] = [];
  const ids = sheets.map((_, i) => `rId${i + 1}`);
  const sheetParts = sheets.map((sheet, i) => [`xl/worksheets/sheet${i + 1}.xml`, sheet.xml ?? sheetXml(sheet.rows ?? [], texts)] as const);
  const all: Record<string, string | Uint8Array | undefined> = {
    "[Content_Types].xml": `${start}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`,
    "_rels/.rels": relationships([["rId1", "officeDocument", "xl/workbook.xml"]]),
    "xl/workbook.xml": `${start}<workbook xmlns="${main}" xmlns:r="${relations}"><workbookPr date1904="${is1904 ? 1 : 0}"/><sheets>${sheets
      .map(
        ({ name, state }, i) => `<sheet name="${escaped(name)}" sheetId="${i + 1}"${state ? ` state="${state}"` : ""} r:id="${ids[i]}"/>`,
      )
      .join("")}</sheets></workbook>`,
    "xl/_rels/workbook.xml.rels": relationships([
      ...sheetParts.map(([name], i) => [ids[i] as string, "worksheet", name.slice(3)] as const),
      ["rIdS", "styles", "styles.xml"],
      ["rIdT", "sharedStrings", "/xl/sharedStrings.xml"],
    ]),
    "xl/styles.xml": stylesXml(formats),
    ...Object.fromEntries(sheetParts),
    "xl/sharedStrings.xml": sharedStringsXml(texts),
    ...parts,
  };
  return zipOf(Object.entries(all).flatMap(([name, content]) => (content === undefined ? [] : [{ name, content: Buffer.from(content) }])));
}

export const relationships = (all: readonly (readonly [id: string, type: string, target: string])[]): string =>
  `${start}<Relationships xmlns="${packageRelations}">${all
    .map(([id, type, target]) => `<Relationship Id="${id}" Type="${relations}/${type}" Target="${target}"/>`)
    .join("")}</Relationships>`;

export function sheetXml(rows: NonNullable<SheetContent["rows"]>, texts: string[] = []): string {
  const numbered = Array.isArray(rows) ? rows.map((cells, i) => [i + 1, cells] as const) : Object.entries(rows);
  const lines = numbered.map(
    ([row, cells]) => `<row r="${row}">${cells.map((cell, i) => cellXml(cell, `${letters(i + 1)}${row}`, texts)).join("")}</row>`,
  );
  return `${start}<worksheet xmlns="${main}"><sheetData>${lines.join("")}</sheetData></worksheet>`;
}

export const sharedStringsXml = (texts: readonly string[]): string =>
  `${start}<sst xmlns="${main}">${texts.map((text) => `<si><t xml:space="preserve">${escaped(text)}</t></si>`).join("")}</sst>`;

function stylesXml(formats: readonly (string | number)[]): string {
  const custom = formats.flatMap((code, i) =>
    typeof code === "number" ? [] : [`<numFmt numFmtId="${200 + i}" formatCode="${escaped(code)}"/>`],
  );
  const styles = formats.map((code, i) => `<xf numFmtId="${typeof code === "number" ? code : 200 + i}"/>`);
  return `${start}<styleSheet xmlns="${main}"><numFmts>${custom.join("")}</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/>${styles.join("")}</cellXfs></styleSheet>`;
}

function cellXml(cell: CellValue, reference: string, texts: string[]): string {
  if (cell === null) return "";
  if (typeof cell === "string") return `<c r="${reference}" t="s"><v>${texts.push(cell) - 1}</v></c>`;
  if (typeof cell === "number") return `<c r="${reference}"><v>${cell}</v></c>`;
  if (typeof cell === "boolean") return `<c r="${reference}" t="b"><v>${cell ? 1 : 0}</v></c>`;
  const { type, style, formula, value } = cell;
  const attributes = `${type === undefined ? "" : ` t="${type}"`}${style === undefined ? "" : ` s="${style}"`}`;
  const result =
    value === undefined ? "" : type === "inlineStr" ? `<is><t>${escaped(`${value}`)}</t></is>` : `<v>${escaped(`${value}`)}</v>`;
  return `<c r="${reference}"${attributes}>${formula === undefined ? "" : `<f>${escaped(formula)}</f>`}${result}</c>`;
}

const letters = (column: number): string =>
  (column > 26 ? String.fromCharCode(64 + Math.floor((column - 1) / 26)) : "") + String.fromCharCode(65 + ((column - 1) % 26));

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;").replaceAll("\r", "&#13;");

interface Member {
  name: string;
  content: Buffer;
  /** The size that the directory gives, where it is another one. */
  claimed?: number;
}

export function zipOf(members: readonly Member[]): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content, claimed } of members) {
    const packed = deflateRawSync(content, { level: 1 });
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt16LE(8, 4);
    shared.writeUInt32LE(crc32(content), 10);
    shared.writeUInt32LE(packed.length, 14);
    shared.writeUInt32LE(claimed ?? content.length, 18);
    shared.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), shared, Buffer.from(name), packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.from("PK\x01\x02\x14\0", "latin1"), shared, rest, Buffer.from(name));
    bodies.push(local);
    offset += local.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", 0, "latin1");
  end.writeUInt16LE(members.length, 8);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(list.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...bodies, list, end]);
}
