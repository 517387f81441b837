/** How each file of a stream is read: as settings say, else as the catalog remembers, else as detected, which is told and remembered. */
import { type Log, type MetadataEntry, metadataAt } from "@tapline/sdk";
import { type FileSettings, givenOf } from "../config.ts";
import { detect, type Given } from "../sniff/detect.ts";
import { type Dialect, defaultDialect } from "../sniff/dialect.ts";
import { type InputFile, nameOf } from "../source/source.ts";

export interface FileDialect {
  encoding: string;
  dialect: Dialect;
}

/** In the catalog: of all files of the stream where they agree, else one by one. */
const allKey = "tap-csv.dialect";
const eachKey = "tap-csv.dialects";

type Remembered = Dialect & { encoding: string };

export function dialectMetadata(dialects: ReadonlyMap<string, FileDialect>): MetadataEntry {
  const all = [...dialects].map(([name, { encoding, dialect }]) => [name, { encoding, ...dialect }] as const);
  const [first] = all;
  const isOne = all.every(([, one]) => JSON.stringify(one) === JSON.stringify(first?.[1]));
  const metadata = isOne && first !== undefined ? { [allKey]: first[1] } : { [eachKey]: Object.fromEntries(all) };
  return { breadcrumb: [], metadata: metadata as unknown as MetadataEntry["metadata"] };
}

/** @throws dialect_invalid, encoding_unknown, what opening the file throws */
export async function findDialect(
  input: InputFile,
  settings: FileSettings,
  log: Log,
  metadata: readonly MetadataEntry[] = [],
): Promise<FileDialect> {
  const file = nameOf(input);
  const given = givenOf(settings);
  const known = remembered(metadata, file);
  if (known !== undefined) return { encoding: given.encoding ?? known.encoding, dialect: { ...known, ...settled(given) } };
  const { encoding, dialect } = await detect(input, given, { stream: settings.entity, file });
  const words = decided({ encoding, dialect }, given);
  if (words.length > 0) log("info", `${file} is read with ${words.join(", ")} (tap-csv inspect says why)`);
  return { encoding, dialect };
}

/** What was not given: the first few always, of the rest what is unusual. */
function decided({ encoding, dialect }: FileDialect, given: Given): string[] {
  const { delimiter, quote, header, ...others } = dialect;
  const unusual = Object.entries(others).filter(([name, value]) => value !== defaultDialect[name as keyof Dialect]);
  return [...Object.entries({ encoding, delimiter, quote, header }), ...unusual]
    .filter(([name]) => given[name as keyof Given] === undefined)
    .map(([name, value]) => `${name} ${typeof value === "string" && name === "encoding" ? value : JSON.stringify(value)}`);
}

function remembered(metadata: readonly MetadataEntry[], file: string): Remembered | undefined {
  const stream = metadataAt({ metadata }, []) as Record<string, unknown>;
  const each = stream[eachKey] as Record<string, Remembered> | undefined;
  const found = (stream[allKey] as Remembered | undefined) ?? (each && Object.hasOwn(each, file) ? each[file] : undefined);
  return found && { ...defaultDialect, ...found };
}

/** Without what settings don't say. */
function settled({ encoding: _, ...given }: Given): Partial<Dialect> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
