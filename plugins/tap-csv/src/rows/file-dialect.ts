/** The dialect of each file: from the settings, else from the catalog, else detected. A detected dialect is logged and kept in the catalog. */
import { type Log, type MetadataEntry, metadataAt } from "@tapline/sdk";
import { type FileSettings, givenDialect } from "../config.ts";
import { detect } from "../sniff/detect.ts";
import { type Dialect, defaultDialect, type GivenDialect } from "../sniff/dialect.ts";
import { type InputFile, nameOf } from "../source/source.ts";

export interface FileDialect {
  encoding: string;
  dialect: Dialect;
}

/** Metadata keys in the catalog: one dialect when all files of the stream agree, else one for each file. */
const allKey = "tap-csv.dialect";
const eachKey = "tap-csv.dialects";

type StoredDialect = Dialect & { encoding: string };

export function dialectMetadata(dialects: ReadonlyMap<string, FileDialect>): MetadataEntry {
  const all = [...dialects].map(([name, { encoding, dialect }]) => [name, { encoding, ...dialect }] as const);
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
  const given = givenDialect(settings);
  const known = storedDialect(metadata, file);
  if (known !== undefined) return { encoding: given.encoding ?? known.encoding, dialect: { ...known, ...definedParts(given) } };
  const { encoding, dialect } = await detect(input, given, { stream: settings.entity, file });
  const words = detectedParts({ encoding, dialect }, given);
  if (words.length > 0) log("info", `reading ${file} with ${words.join(", ")} (to see why: tap-csv inspect)`);
  return { encoding, dialect };
}

/** The detected parts in words: encoding, delimiter, quote and header always, the others when unusual. */
function detectedParts({ encoding, dialect }: FileDialect, given: GivenDialect): string[] {
  const { delimiter, quote, header, ...others } = dialect;
  const unusual = Object.entries(others).filter(([name, value]) => value !== defaultDialect[name as keyof Dialect]);
  return [...Object.entries({ encoding, delimiter, quote, header }), ...unusual]
    .filter(([name]) => given[name as keyof GivenDialect] === undefined)
    .map(([name, value]) => `${name} ${typeof value === "string" && name === "encoding" ? value : JSON.stringify(value)}`);
}

function storedDialect(metadata: readonly MetadataEntry[], file: string): StoredDialect | undefined {
  const stream = metadataAt({ metadata }, []) as Record<string, unknown>;
  const each = stream[eachKey] as Record<string, StoredDialect> | undefined;
  const found = (stream[allKey] as StoredDialect | undefined) ?? (each && Object.hasOwn(each, file) ? each[file] : undefined);
  return found && { ...defaultDialect, ...found };
}

/** Leaves out undefined settings. */
function definedParts({ encoding: _, ...given }: GivenDialect): Partial<Dialect> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
