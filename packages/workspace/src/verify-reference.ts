/** docs/reference/verify.md: the text that stands for each value, made from the table that the databases are asked for, and what goes with what. */
import { type DigestKind, digestKinds } from "@tapline/protocol";
import { commonKind } from "@tapline/runner";
import { type DigestForm, digestTable, type Spelled } from "@tapline/testing/type-table";

export function verifyReference(): string {
  return `# What tapline verify compares

Made from the tests by \`npm run generate\`: PostgreSQL and DuckDB are asked for the text of each value below, in each type, and must print exactly this. Parquet files are read by DuckDB.
For Snowflake there are statements for the same texts, which only an emulator has run: [what that means](../../plugins/target-snowflake/README.md#compared-with-other-databases).
[How to verify tables](../how-to/verify.md).

Each database turns its own rows into text, and hashes it. A value has one text in every database, so rows that are equal have one hash, whatever the types; different values have different
texts. The row's text is that of its columns with \`|\` between them. NULL is \`~\`; a text, and JSON, have their length in bytes before them, so that no value can look like another or like two.
A row's checksum is the first 64 bits of the MD5 of that text in UTF-8, and a bucket's the sum of its rows', modulo 2^64: a difference goes unseen by chance once in 2^64 buckets.

Where a hash differs, the rows are fetched and compared value by value. This is what decides for JSON (keys in any order, numbers by their value, of a key that comes twice the last) and for
columns with a tolerance: two values are equal when they are at most so far apart.

- **Text** is compared by its bytes, whatever the collation: \`a\` is not \`A\`, \`""\` is not NULL, and a letter with a combining mark is not the letter of one code point. Only \`character(n)\` ignores blanks at the end, on both sides.
- **Numbers** are exact. \`-0\` is 0, and NaN equals NaN. A \`real\` beside a \`double precision\` is compared with 32 bits.
- **Times** are compared to the precision that both have; what is finer is cut, and a warning says so. A time without zone beside one with a zone is taken as UTC, with a warning.
- **Arrays and structs** are compared as JSON, where their elements are plain. Arrays of times or bytes, intervals, times with a zone, and types of extensions have no common form: beside text they are compared as text, with a warning; beside other types the column is reported as not comparable.
- **Keys** are hashed like rows. JSON and floating-point columns can't be keys.

## Which kinds go together

A column's kind comes from its type. Two columns are compared as the kind in this table; without a row, they can't be.

| one side | other side | compared as | warning |
| --- | --- | --- | --- |
${pairRows().join("\n")}

## Statistics

| kind | sum | minimum and maximum |
| --- | --- | --- |
| integer, decimal | the sum; none for DuckDB's decimals of more than 24 digits and its integers of 128 bits, which could overflow | yes |
| real, float | none: it depends on the order of the rows | yes |
| boolean | how many are true | |
| date, time, timestamp, instant | | yes |
| text, padded, bytes | bytes of all values | |
| uuid, json | | |

${digestKinds
  .filter((kind) => digestTable.some((form) => form.kind === kind))
  .map(section)
  .join("\n\n")}
`;
}

function pairRows(): string[] {
  return digestKinds.flatMap((here, at) =>
    digestKinds.slice(at).flatMap((there) => {
      const common = here === there ? undefined : commonKind(here, there);
      return common === undefined ? [] : [`| ${here} | ${there} | ${common.kind} | ${common.warning ?? ""} |`];
    }),
  );
}

function section(kind: DigestKind): string {
  const rows = digestTable
    .filter((form) => form.kind === kind)
    .map((form) => `| ${form.what}${digitsOf(form)} | ${code(form.text)} | ${spellings(form.PostgreSQL)} | ${spellings(form.DuckDB)} |`);
  return `## ${kind}\n\n| value | text | PostgreSQL | DuckDB |\n| --- | --- | --- | --- |\n${rows.join("\n")}`;
}

const digitsOf = ({ digits }: DigestForm): string => (digits === undefined ? "" : `, ${digits} digits of a second`);

const spellings = (all: readonly Spelled[]): string => all.map(([type, value]) => `${type} ${code(value)}`).join("<br>");

/** In a cell of a table. */
function code(text: string): string {
  if (text === "") return "(empty)";
  const shown = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("\\\\", "\\").replaceAll("|", "\\|");
  return /^\s|\s$/.test(text) ? `\`"${shown}"\`` : `\`${shown}\``;
}
