/** Settings of tap-csv, named as MeltanoLabs' tap-csv names them, and what a file's settings mean to the tokenizer. */
import { readFile } from "node:fs/promises";
import { checkConfig, type Static, Type } from "@tapline/sdk";
import { bookmarkSettings } from "./bookmark/bookmark-settings.ts";
import { errors } from "./errors.ts";
import { rowSettings } from "./rows/row-settings.ts";
import type { Given } from "./sniff/detect.ts";
import { encodingOf } from "./source/encoding.ts";
import { typeSettings } from "./types/type-settings.ts";

const oneOrMore = (description: string) =>
  Type.Union([Type.String({ minLength: 1 }), Type.Array(Type.String({ minLength: 1 }), { minItems: 1 })], { description });

const characterOrNull = (description: string) => Type.Unsafe<string | null>({ type: ["string", "null"], maxLength: 4, description });

const fileSettings = Type.Object({
  entity: Type.String({ minLength: 1, description: "Name of the stream." }),
  path: Type.Optional(
    oneOrMore(
      "Files of the stream: a file, a folder (then all its .csv, .tsv and .txt files, also packed as .gz, .zst or .zip), a pattern with `*`, `**`, `?`, `[a-c]`, `{a,b}`, or a list of those. A pipe or `/dev/stdin` is read once.",
    ),
  ),
  match: Type.Optional(
    Type.Object(
      {
        name: Type.Optional(oneOrMore("Patterns of file names.")),
        header: Type.Optional(Type.Array(Type.String(), { minItems: 1, description: "Columns that the file has, among others." })),
      },
      { minProperties: 1, description: "In place of `path`: which files of `inbox` are the stream's, by name, header or both." },
    ),
  ),
  keys: Type.Array(Type.String(), { default: [], description: "Columns that identify a row." }),
  delimiter: Type.Optional(
    Type.String({
      minLength: 1,
      description: 'What stands between cells, one or more characters; a tab is `"\\t"`. Default: as detected.',
    }),
  ),
  quotechar: Type.Optional(
    characterOrNull("The character around cells that hold delimiters, quotes or line ends; null: there is none. Default: as detected."),
  ),
  escapechar: Type.Optional(
    characterOrNull(
      "A character that makes the next one part of the text, in quotes and outside; null: there is none. Default: as detected.",
    ),
  ),
  doublequote: Type.Optional(Type.Boolean({ description: "A quote inside a quoted cell is written twice. Default: true." })),
  skipinitialspace: Type.Optional(Type.Boolean({ description: "Spaces at the start of a cell are dropped. Default: as detected." })),
  comment: Type.Optional(characterOrNull("Lines that begin with it are no rows; null: there are none. Default: as detected.")),
  skip: Type.Optional(Type.Integer({ minimum: 0, description: "Lines before the header. Default: as detected." })),
  header: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 20,
      description:
        "Rows of the header; their cells are joined. 0: there is none, and columns are called `column_1`, … Default: as detected.",
    }),
  ),
  encoding: Type.Optional(
    Type.String({
      description:
        "For example `utf-8`, `utf-16`, `latin-1`, `windows-1252`, `shift_jis`; a byte order mark is skipped. Default: as detected.",
    }),
  ),
  strict: Type.Boolean({ default: true, description: "Accepted for configs of other taps; reading is always strict." }),
  ...typeSettings,
  ...bookmarkSettings,
  ...rowSettings,
});

export const config = Type.Object({
  files: Type.Optional(Type.Array(fileSettings, { description: "What to read: one object a stream." })),
  csv_files_definition: Type.Optional(
    Type.String({ description: "Path of a JSON file that holds the list of `files`, in place of that setting." }),
  ),
  inbox: Type.Optional(
    oneOrMore("Files of several streams: a folder, a pattern, or a list of those. Each file goes to the stream whose `match` it meets."),
  ),
  root: Type.Optional(Type.String({ minLength: 1, description: "A folder: a file outside of it, also behind a link, is refused." })),
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
  rejects: Type.Optional(
    Type.String({
      minLength: 1,
      description:
        "A file to which rows that are rejected are added, as JSON lines with `file`, `line`, `code`, `reason` and `raw`. Default: they are counted only.",
    }),
  ),
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

/** What the settings say of a file's dialect; the rest is detected. @throws dialect_invalid, encoding_unknown */
export function givenOf(settings: FileSettings): Given {
  const { entity, delimiter, quotechar, escapechar, encoding } = settings;
  const invalid = (setting: string, problem: string): Error => errors.dialect_invalid({ setting, problem }, { stream: entity });
  for (const [setting, text] of Object.entries({ delimiter, quotechar, escapechar, comment: settings.comment })) {
    if (text === undefined || text === null || text === "") continue;
    if (/[\n\r\0]/.test(text)) throw invalid(setting, `may not be ${JSON.stringify(text)}`);
    if (setting !== "delimiter" && setting !== "comment" && [...text].length > 1)
      throw invalid(setting, `is ${JSON.stringify(text)}, which is not one character`);
    if (setting !== "delimiter" && text === delimiter) throw invalid(setting, "is the same as the delimiter");
  }
  // A quote that escapes quotes is a doubled quote by another name.
  const isDoubled = !!escapechar && escapechar === (quotechar ?? '"');
  return {
    delimiter,
    quote: quotechar === "" ? null : quotechar,
    escape: isDoubled || escapechar === "" ? null : escapechar,
    doubleQuote: isDoubled ? true : settings.doublequote,
    comment: settings.comment === "" ? null : settings.comment,
    skip: settings.skip,
    header: settings.header,
    skipInitialSpace: settings.skipinitialspace,
    encoding: encoding === undefined ? undefined : encodingOf(encoding, { stream: entity }),
  };
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
