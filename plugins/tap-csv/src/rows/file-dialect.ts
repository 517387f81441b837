/** The dialect of each file: from the settings, else from the catalog, else detected. A detected dialect is logged and kept in the catalog. */
import { type Log, type MetadataEntry, metadataAt } from "@tapline/sdk";
import { type FileSettings, givenLayout } from "../config.ts";
import { detectFile, type GivenLayout } from "../excel/detect-file.ts";
import type { SheetDetection } from "../excel/detect-sheet.ts";
import { isWorkbook } from "../excel/recognize-workbook.ts";
import type { TableInSheet } from "../excel/table-in-sheet.ts";
import { type Dialect, defaultDialect } from "../sniff/dialect.ts";
import { type InputFile, nameOf, writtenName } from "../source/source.ts";

export interface FileDialect {
  encoding: string;
  dialect: Dialect;
  /** Set for a workbook. */
  place?: TableInSheet | undefined;
}

/** Metadata keys in the catalog: one dialect when all files of the stream agree, else one for each file. */
const allKey = "tap-csv.dialect";
const eachKey = "tap-csv.dialects";

/** Of a workbook the catalog keeps which rows are the header; sheet and columns are found anew, because they differ from file to file. */
type StoredDialect = Dialect & { encoding: string; is_workbook?: true };

export function dialectMetadata(dialects: ReadonlyMap<string, FileDialect>): MetadataEntry {
  const all = [...dialects].map(
    ([name, { encoding, dialect, place }]) =>
      [name, { encoding, ...dialect, ...(place === undefined ? {} : { is_workbook: true }) }] as const,
  );
  const [first] = all;
  const isOne = all.every(([, one]) => JSON.stringify(one) === JSON.stringify(first?.[1]));
  const metadata = isOne && first !== undefined ? { [allKey]: first[1] } : { [eachKey]: Object.fromEntries(all) };
  return { breadcrumb: [], metadata: metadata as unknown as MetadataEntry["metadata"] };
}

/** @throws dialect_invalid, encoding_unknown and the errors of opening the file */
export async function findDialect(
  input: InputFile,
  settings: FileSettings,
  log: Log,
  metadata: readonly MetadataEntry[] = [],
): Promise<FileDialect> {
  const file = nameOf(input);
  const given = givenLayout(settings);
  const position = { stream: settings.entity, file };
  const stored = storedDialect(metadata, [file, writtenName(input)]);
  if (stored !== undefined) {
    const { is_workbook: wasWorkbook = false, ...known } = stored;
    const isNow = await isWorkbook(input, position);
    if (isNow && wasWorkbook) {
      const { detectSheet } = await import("../excel/detect-sheet.ts");
      const { encoding, dialect, place } = await detectSheet(input, { ...given, ...headerRows(known, given) }, position);
      return { encoding, dialect, place };
    }
    if (!isNow && !wasWorkbook) return { encoding: given.encoding ?? known.encoding, dialect: { ...known, ...definedParts(given) } };
  }
  const found = await detectFile(input, given, position, namesOf(settings));
  for (const doubt of found.doubts) log("warning", `${file}, ${doubt}`, settings.entity);
  const { encoding, dialect, place } = found;
  const words = found.place === undefined ? detectedParts({ encoding, dialect }, given) : sheetParts(found, given);
  if (words.length > 0 && found.rows.length > 0) log("info", `reading ${file} with ${words.join(", ")} (to see why: tap-csv inspect)`);
  return { encoding, dialect, place };
}

/** The columns that the settings name. */
function namesOf({ keys, columns, replication_key: key, match }: FileSettings): ReadonlySet<string> {
  return new Set([...keys, ...Object.keys(columns), ...(key === undefined ? [] : [key]), ...(match?.header ?? [])]);
}

/** The detected parts in words: encoding, delimiter, quote and header always, the others when unusual. */
function detectedParts({ encoding, dialect }: FileDialect, given: GivenLayout): string[] {
  const { delimiter, quote, header, ...others } = dialect;
  const unusual = Object.entries(others).filter(([name, value]) => value !== defaultDialect[name as keyof Dialect]);
  return [...Object.entries({ encoding, delimiter, quote, header }), ...unusual]
    .filter(([name]) => given[name as keyof GivenLayout] === undefined)
    .map(
      ([name, value]) =>
        `${name === "trailingDelimiter" ? "trailing_delimiter" : name} ${typeof value === "string" && name === "encoding" ? value : JSON.stringify(value)}`,
    );
}

function sheetParts({ sheetEvidence: { sheet, range }, dialect: { header } }: SheetDetection, given: GivenLayout): string[] {
  return Object.entries({ sheet: sheet.value, range: range.value, header })
    .filter(([name]) => given[name as keyof GivenLayout] === undefined)
    .map(([name, value]) => `${name} ${JSON.stringify(value)}`);
}

/** A range that is set determines where the header is. */
function headerRows({ skip, header }: Dialect, given: GivenLayout): Pick<GivenLayout, "skip" | "header"> {
  return { ...(given.range === undefined ? { skip: given.skip ?? skip } : {}), header: given.header ?? header };
}

/** `names`: of the file, in the spellings that the catalog may have. */
function storedDialect(metadata: readonly MetadataEntry[], names: readonly string[]): StoredDialect | undefined {
  const stream = metadataAt({ metadata }, []) as Record<string, unknown>;
  const each = stream[eachKey] as Record<string, StoredDialect> | undefined;
  const name = each && names.find((one) => Object.hasOwn(each, one));
  const found = (stream[allKey] as StoredDialect | undefined) ?? (name === undefined ? undefined : each?.[name]);
  return found && { ...defaultDialect, ...found };
}

/** Leaves out undefined settings. */
function definedParts({ encoding: _, sheet: __, range: ___, ...given }: GivenLayout): Partial<Dialect> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
