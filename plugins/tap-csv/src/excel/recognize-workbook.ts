/** Finds out from its content whether a file is a workbook, and which kinds of spreadsheet can't be read. */
import { type FileHandle, open, stat } from "node:fs/promises";
import { fileError, type Position } from "@tapline/sdk";
import { errors } from "../errors.ts";
import type { InputFile } from "../source/source.ts";

/**
 * False for everything that is read as text. A pipe is never a workbook: the directory of a zip archive is at its end.
 * @throws workbook_unsupported, archive_broken, file_missing, file_forbidden, file_unreadable
 */
export async function isWorkbook({ path, member }: InputFile, position: Position): Promise<boolean> {
  if (member !== undefined) return false;
  try {
    if (!(await stat(path)).isFile()) return false;
    const handle = await open(path, "r");
    try {
      return await isWorkbookFile(handle, path, position);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw fileError(path, position, error);
  }
}

/** @throws workbook_unsupported, archive_broken */
export async function isWorkbookFile(handle: FileHandle, path: string, position: Position): Promise<boolean> {
  const start = await bytesAt(handle, 0, 512);
  const unsupported = (what: string): Error => errors.workbook_unsupported({ path, what }, position);
  if (start.subarray(0, 8).equals(compoundFile)) throw unsupported(await kindOfCompoundFile(handle, start));
  if (
    workbookName.test(path) &&
    start
      .toString("latin1")
      .replace(/^\xef\xbb\xbf/, "")
      .trimStart()
      .startsWith("<")
  ) {
    throw unsupported(/Excel\.Sheet|urn:schemas-microsoft-com:office:spreadsheet/.test(start.toString("latin1")) ? xml2003 : html);
  }
  if (start.readUInt32LE(0) !== 0x04034b50) return false;
  // Nearly all files are text, so what reads workbooks is loaded only for them.
  const { hasPart, packageOf } = await import("./package.ts");
  const pack = await packageOf(handle, path, position).catch((error: unknown) => {
    // Without the name of a workbook it is just a file that can't be read.
    if (workbookName.test(path)) throw error;
  });
  if (pack === undefined) return false;
  if (hasPart(pack, "xl/workbook.bin")) throw unsupported(xlsb);
  if (hasPart(pack, "mimetype") && hasPart(pack, "content.xml")) throw unsupported(ods);
  return hasPart(pack, "[Content_Types].xml");
}

const workbookName = /\.xl(s|sx|sm|tx|tm)$/i;

/** The header of OLE files. Source: MS-CFB 2.2. */
const compoundFile = Buffer.from("d0cf11e0a1b11ae1", "hex");

const oldWorkbook = "an Excel 97-2003 workbook (.xls)";
const encrypted = "an encrypted workbook";
const xlsb = "a binary Excel workbook (.xlsb)";
const ods = "an OpenDocument file (.ods)";
const xml2003 = "an XML Spreadsheet 2003 file";
const html = "an HTML or XML page with the name of a workbook";

/** A workbook with a password is an OLE file whose directory has a stream EncryptedPackage. Source: MS-OFFCRYPTO 1.3.3. */
async function kindOfCompoundFile(handle: FileHandle, header: Buffer): Promise<string> {
  const sectorBytes = 2 ** Math.min(16, header.readUInt16LE(30));
  const directory = await bytesAt(handle, (header.readUInt32LE(48) + 1) * sectorBytes, sectorBytes);
  if (directory.includes(Buffer.from("Encrypt", "utf16le"))) return encrypted;
  const isExcel = directory.includes(Buffer.from("Workbook", "utf16le")) || directory.includes(Buffer.from("Book", "utf16le"));
  return isExcel ? oldWorkbook : "an old Office file";
}

/** With zeros after the end of the file. */
async function bytesAt(handle: FileHandle, from: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  await handle.read(bytes, 0, length, from);
  return bytes;
}
