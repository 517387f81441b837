/** Settings of tap-csv, named as MeltanoLabs' tap-csv names them, and what a file's settings mean to the tokenizer. */
import { readFile } from "node:fs/promises";
import { checkConfig, type Static, Type } from "@tapline/sdk";
import { errors } from "./errors.ts";
import type { Dialect } from "./tokenize.ts";

const fileSettings = Type.Object({
  entity: Type.String({ minLength: 1, description: "Name of the stream." }),
  path: Type.String({ minLength: 1, description: "A file, or a folder: then all its .csv, .tsv and .txt files, by name, as one stream." }),
  keys: Type.Array(Type.String(), { default: [], description: "Columns that identify a row." }),
  delimiter: Type.String({ default: ",", description: 'The character between cells; a tab is `"\\t"`.' }),
  quotechar: Type.String({ default: '"', description: "The character around cells that hold delimiters, quotes or line ends." }),
  escapechar: Type.Optional(
    Type.Unsafe<string | null>({
      type: ["string", "null"],
      description: "A character that makes the next one part of the text, in quotes and outside. Default: none.",
    }),
  ),
  doublequote: Type.Boolean({ default: true, description: "A quote inside a quoted cell is written twice." }),
  skipinitialspace: Type.Boolean({ default: false, description: "Spaces at the start of a cell are dropped." }),
  encoding: Type.String({ default: "utf-8", description: "Only UTF-8 (`utf-8`, `utf8`, `utf-8-sig`); a byte order mark is skipped." }),
  strict: Type.Boolean({ default: true, description: "Accepted for configs of other taps; reading is always strict." }),
  replication_key: Type.Optional(
    Type.String({ description: "A column whose values only grow: later runs send rows at or past its largest value." }),
  ),
});

export const config = Type.Object({
  files: Type.Optional(Type.Array(fileSettings, { description: "What to read: one object a stream." })),
  csv_files_definition: Type.Optional(
    Type.String({ description: "Path of a JSON file that holds the list of `files`, in place of that setting." }),
  ),
  add_metadata_columns: Type.Boolean({
    default: false,
    description:
      "Adds `_sdc_source_file` (path), `_sdc_source_file_mtime` and `_sdc_source_lineno` (the line of the file the row starts in).",
  }),
  infer: Type.Union([Type.Literal("sample"), Type.Literal("full"), Type.Literal("none")], {
    default: "sample",
    description:
      "How columns get types: `sample` from the first 1,000 rows of each file, `full` from all rows (each file is read twice), `none` makes every column a string.",
  }),
  max_row_bytes: Type.Integer({
    default: 128 * 1024 * 1024,
    minimum: 1,
    maximum: 1024 * 1024 * 1024,
    description: "The longest row that is read; a longer one is an error.",
  }),
});

export type Config = Static<typeof config>;
export type FileSettings = Static<typeof fileSettings>;

/** The files to read, from the config or the file it names. @throws files_not_given, definition_unusable, config_invalid, entity_repeated */
export async function filesOf({ files, csv_files_definition: path }: Config): Promise<readonly FileSettings[]> {
  if ((files === undefined) === (path === undefined)) throw errors.files_not_given({ both: files !== undefined });
  const all = files ?? (await readDefinition(path as string));
  const names = new Set<string>();
  for (const { entity } of all) {
    if (names.has(entity)) throw errors.entity_repeated({ entity });
    names.add(entity);
  }
  return all;
}

/** @throws dialect_invalid, encoding_unsupported */
export function dialectOf(settings: FileSettings): Dialect {
  const { entity, encoding } = settings;
  if (!/^(utf-?8|utf-?8-sig)$/i.test(encoding.replaceAll("_", "-"))) throw errors.encoding_unsupported({ encoding }, { stream: entity });
  const delimiter = characterByte("delimiter", settings.delimiter, entity);
  const quote = characterByte("quotechar", settings.quotechar, entity);
  const escaper = settings.escapechar ? characterByte("escapechar", settings.escapechar, entity) : -1;
  if (delimiter === quote || delimiter === escaper) {
    const setting = delimiter === quote ? "quotechar" : "escapechar";
    throw errors.dialect_invalid({ setting, problem: "is the same as the delimiter" }, { stream: entity });
  }
  // A quote that escapes quotes is a doubled quote by another name.
  const isDoubled = escaper === quote;
  return {
    delimiter,
    quote,
    escaper: isDoubled ? -1 : escaper,
    doubleQuote: settings.doublequote || isDoubled,
    skipInitialSpace: settings.skipinitialspace,
  };
}

function characterByte(setting: string, text: string, stream: string): number {
  const byte = text.charCodeAt(0);
  if (text.length !== 1 || byte > 0x7e) throw errors.dialect_invalid({ setting, problem: `is ${JSON.stringify(text)}` }, { stream });
  if (text === "\n" || text === "\r" || text === "\0") {
    throw errors.dialect_invalid({ setting, problem: `may not be ${JSON.stringify(text)}` }, { stream });
  }
  return byte;
}

async function readDefinition(path: string): Promise<readonly FileSettings[]> {
  const unusable = (reason: string, cause?: unknown): Error => errors.definition_unusable({ path, reason }, {}, cause);
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw unusable(error.code === "ENOENT" ? "it doesn't exist" : (error.code ?? error.message), error);
  });
  let files: unknown;
  try {
    files = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw unusable("it is not JSON", error);
  }
  if (!Array.isArray(files)) throw unusable("it holds no list");
  const definition = Type.Object({ files: Type.Array(fileSettings) });
  return checkConfig<Static<typeof definition>>("tap-csv", definition, { files }).config.files;
}
