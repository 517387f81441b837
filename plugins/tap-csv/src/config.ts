/** The settings of tap-csv. Names follow MeltanoLabs' tap-csv, so that its configs work here. */
import { readFile } from "node:fs/promises";
import { checkConfig, claimedFilesSchema, type Static, Type } from "@tapline/sdk";
import { bookmarkSettings, changedSettings } from "./bookmark/bookmark-settings.ts";
import { errors } from "./errors.ts";
import type { GivenLayout } from "./excel/detect-file.ts";
import { sheetSettings } from "./excel/table-in-sheet.ts";
import { rowSettings } from "./rows/row-settings.ts";
import { encodingOf } from "./source/encoding.ts";
import { typeSettings } from "./types/type-settings.ts";

const oneOrMore = (description: string) =>
  Type.Union([Type.String({ minLength: 1 }), Type.Array(Type.String({ minLength: 1 }), { minItems: 1 })], { description });

const characterOrNull = (description: string) => Type.Unsafe<string | null>({ type: ["string", "null"], maxLength: 4, description });

const fileSettings = Type.Object({
  entity: Type.String({ minLength: 1, description: "Name of the stream." }),
  path: Type.Optional(
    oneOrMore(
      "The files of the stream: a file, a folder, a pattern with `*`, `**`, `?`, `[a-c]`, `{a,b}`, or a list of these. A folder means all .csv, .tsv, .txt, .xlsx and .xlsm files in it, text files also when compressed (.gz, .zst, .zip). A pipe or `/dev/stdin` can be read only once.",
    ),
  ),
  match: Type.Optional(
    Type.Object(
      {
        name: Type.Optional(oneOrMore("File name patterns; one of them must match.")),
        header: Type.Optional(
          Type.Array(Type.String(), { minItems: 1, description: "Columns that the file must have. It may have more." }),
        ),
      },
      { minProperties: 1, description: "Use instead of `path` to take files from `inbox`: by file name, by header or by both." },
    ),
  ),
  keys: Type.Array(Type.String(), { default: [], description: "The columns that identify a row." }),
  delimiter: Type.Optional(
    Type.String({
      minLength: 1,
      description: 'The character or characters between cells; a tab is `"\\t"`. Default: detected.',
    }),
  ),
  quotechar: Type.Optional(
    characterOrNull("The character around cells that contain delimiters, quotes or line breaks; null for none. Default: detected."),
  ),
  escapechar: Type.Optional(
    characterOrNull("The character that makes the next one plain text, inside and outside quotes; null for none. Default: detected."),
  ),
  doublequote: Type.Optional(Type.Boolean({ description: "Whether a quote inside a quoted cell is written twice. Default: true." })),
  skipinitialspace: Type.Optional(Type.Boolean({ description: "Whether spaces at the start of a cell are dropped. Default: detected." })),
  trailing_delimiter: Type.Optional(
    Type.Boolean({ description: "Whether a delimiter at the end of a row ends its last cell and begins no other one. Default: detected." }),
  ),
  comment: Type.Optional(characterOrNull("Lines that start with this are comments and are skipped; null for none. Default: detected.")),
  skip: Type.Optional(Type.Integer({ minimum: 0, description: "How many lines to skip before the header. Default: detected." })),
  header: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 20,
      description:
        "How many rows the header has; the cells of a column are joined. With 0 there is no header, and the columns are named `column_1`, `column_2`, … Default: detected.",
    }),
  ),
  encoding: Type.Optional(
    Type.String({
      description:
        "The encoding of the file, for example `utf-8`, `utf-16`, `windows-1252`, `latin9`, `cp850` or `shift_jis`; all names of the web, Python and iconv. A byte order mark is skipped. Default: detected.",
    }),
  ),
  empty_files: Type.Optional(
    Type.Union([Type.Literal("skip"), Type.Literal("fail")], {
      description:
        "What to do with a file that has no header: `skip` warns and goes on, `fail` stops the run. Default: `skip` for files from a folder, a pattern, an archive or the inbox, `fail` for a file that `path` names.",
    }),
  ),
  strict: Type.Boolean({
    default: true,
    description: "Has no effect: reading is always strict. It is accepted so that configs of other taps work.",
  }),
  ...sheetSettings,
  ...typeSettings,
  ...bookmarkSettings,
  ...rowSettings,
});

export const config = Type.Object({
  files: Type.Optional(Type.Array(fileSettings, { description: "What to read: one object for each stream." })),
  csv_files_definition: Type.Optional(
    Type.String({ description: "The path of a JSON file with the list of `files`. Use it instead of `files`." }),
  ),
  inbox: Type.Optional(
    oneOrMore(
      "A folder, a pattern or a list of these, with files of several streams. Each file belongs to the stream whose `match` fits it.",
    ),
  ),
  root: Type.Optional(
    Type.String({ minLength: 1, description: "A folder. Files outside it are refused, even when a link inside it leads to them." }),
  ),
  add_metadata_columns: Type.Boolean({
    default: false,
    description: "Adds `_sdc_source_file` (path), `_sdc_source_file_mtime` and `_sdc_source_lineno` (the line where the row starts).",
  }),
  changed_settings: changedSettings,
  claimed_files: Type.Optional(claimedFilesSchema),
  infer: Type.Union([Type.Literal("sample"), Type.Literal("full"), Type.Literal("none")], {
    default: "sample",
    description:
      "How types are detected: `sample` uses the first 1,000 rows of each file, `full` uses all rows (each file is read twice), `none` makes every column a string.",
  }),
  rejects: Type.Optional(
    Type.String({
      minLength: 1,
      description:
        "A file that rejected rows are appended to, as JSON lines with `id`, `file`, `line`, `code`, `reason` and `raw`. Default: rejected rows are only counted.",
    }),
  ),
  max_row_bytes: Type.Integer({
    default: 128 * 1024 * 1024,
    minimum: 1,
    maximum: 1024 * 1024 * 1024,
    description: "The longest row allowed, in bytes. A longer row is an error.",
  }),
});

export type Config = Static<typeof config>;
export type FileSettings = Static<typeof fileSettings>;

/** The streams to read, from `files` or from the file that `csv_files_definition` names. @throws files_not_given, definition_unusable, config_invalid, entity_repeated */
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

/** What the settings give of how a file is read; the rest is detected. @throws dialect_invalid, encoding_unknown */
export function givenLayout(settings: FileSettings): GivenLayout {
  const { entity, delimiter, quotechar, escapechar, encoding } = settings;
  const invalid = (setting: string, problem: string): Error => errors.dialect_invalid({ setting, problem }, { stream: entity });
  for (const [setting, text] of Object.entries({ delimiter, quotechar, escapechar, comment: settings.comment })) {
    if (text === undefined || text === null || text === "") continue;
    if (/[\n\r\0]/.test(text)) throw invalid(setting, `must not contain a line break or NUL: ${JSON.stringify(text)}`);
    if (setting !== "delimiter" && setting !== "comment" && [...text].length > 1)
      throw invalid(setting, `must be one character, not ${JSON.stringify(text)}`);
    if (setting !== "delimiter" && text === delimiter) throw invalid(setting, "is the same as the delimiter");
  }
  // An escape character that equals the quote means the same as doubled quotes.
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
    trailingDelimiter: settings.trailing_delimiter,
    encoding: encoding === undefined ? undefined : encodingOf(encoding, { stream: entity }),
    sheet: settings.sheet,
    range: settings.range,
  };
}

async function readDefinition(path: string): Promise<readonly FileSettings[]> {
  const unusable = (reason: string, cause?: unknown): Error => errors.definition_unusable({ path, reason }, {}, cause);
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw unusable(error.code === "ENOENT" ? "it does not exist" : (error.code ?? error.message), error);
  });
  let files: unknown;
  try {
    files = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw unusable("it is not JSON", error);
  }
  if (!Array.isArray(files)) throw unusable("it does not contain a list");
  const definition = Type.Object({ files: Type.Array(fileSettings) });
  return checkConfig<Static<typeof definition>>("tap-csv", definition, { files }).config.files;
}
