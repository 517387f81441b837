/** docs/reference/types.md: which column a property becomes and what happens to values, made from the table that the dialects are tested with. */
import { columnType, describeType, type TypeRules, type TypeSpelling, typeName, widened } from "@tapline/columns";
import type { JsonSchema } from "@tapline/protocol";
import type { Dialect } from "@tapline/sql";
import { dialect as duckdb } from "@tapline/target-duckdb";
import { typeRules as parquet } from "@tapline/target-parquet";
import { dialect as postgres } from "@tapline/target-postgres";
import { dialect as snowflake } from "@tapline/target-snowflake";
import {
  bySetting,
  type EdgeCase,
  type ExistingType,
  existingTypeTable,
  type Fate,
  outgrowing,
  type TypeCase,
  timeForms,
  typeTable,
  unusual,
} from "@tapline/testing/type-table";

const dialects: readonly Dialect[] = [postgres, duckdb, snowflake];

/** What has typed columns: the databases, and Parquet files. */
type Typed = Pick<Dialect, "name"> & { types: TypeRules & TypeSpelling };

const all: readonly Typed[] = [...dialects, { name: "Parquet", types: parquet }];

export function typeReference(): string {
  const groups = [...new Set(typeTable.map(({ group }) => group))];
  const sections = groups.map((group) => `## ${group}\n\n${typeRows(typeTable.filter((each) => each.group === group))}`);
  return `# Types

Made from the tests by \`npm run generate\`: every row of these tables is loaded into PostgreSQL, DuckDB and Parquet files, and read back by another program.
Snowflake's column is what its dialect does, tried with an emulator where that can show it
([how it is tested](../../plugins/target-snowflake/README.md#how-it-is-tested)).

\`null\` in a list of types changes nothing: every column takes NULL, and \`""\` is not NULL. A \`$ref\` is followed inside the schema's own document only. Several types with
string among them are text, in which other values are JSON; mixtures with object or array, and those without string, are JSON columns. Objects and arrays are one JSON value
each, unless the target [flattens](../how-to/flatten.md) objects, or target-parquet is told to make
[STRUCT and LIST](../how-to/parquet.md#objects-and-arrays) of them.

${sections.join("\n\n")}

## When a value does not fit its column

A value that its schema allows is never refused because the column is too narrow: with \`schema_policy: evolve\` the column is widened, and its old values keep
every digit. The run reports it. \`new_column\` puts such values into a second column, \`freeze\` refuses them.

${edgeRows(outgrowing)}

- PostgreSQL: \`smallint\` -> \`integer\` -> \`bigint\` -> \`numeric\` -> \`text\`; \`double precision\` -> \`numeric\`; \`varchar(n)\` -> \`text\`.
- Snowflake: \`NUMBER(38,0)\` -> \`VARCHAR\`; \`FLOAT\` -> \`NUMBER(38,s)\`, where that holds all digits, -> \`VARCHAR\`.
- Parquet: \`INT64\` -> \`DECIMAL(38,0)\` -> \`STRING\`; \`DOUBLE\` -> \`DECIMAL(38,s)\`, where that holds all digits, -> \`STRING\`. Files that are there keep their types.
- DuckDB: \`SMALLINT\` -> \`INTEGER\` -> \`BIGINT\` -> \`HUGEINT\` -> \`VARCHAR\`; \`DOUBLE\` -> \`DECIMAL(38,s)\`, where that holds all digits, -> \`VARCHAR\`.

## Unusual values

A refused value ends the run with an error that names its line and column. With \`on_error: reject\` its row goes to the rejects table and is counted.

${edgeRows(unusual)}

Snowflake's \`VARIANT\` has numbers of 38 digits, of which 37 may be after the point, and makes doubles of all others. A number within JSON that would lose digits by that
is stored as the text of its digits, and the summary counts such values (\`number_text\`).

## Dates and times as taps write them

A column takes these forms as well as RFC 3339. Digits after the sixth of a fraction are cut off; where they are not all 0, the summary counts them and the run ends with a
warning. In a key such a value is refused ([\`fraction_too_fine\`](errors.md)), because two keys could become one.

${edgeRows(timeForms)}

## Values that a setting decides

The settings are those of the targets for databases. What is lost is counted in the summary, and the run ends with a warning.

${settingRows(bySetting)}

## When the schema changes

The type of an existing column (left) after its property changes to another type (top). "stays": the column keeps its type and takes the new values exactly, or refuses
single values with an error. "second column": error \`type_conflict\`; with \`schema_policy: new_column\` the values go into a second column.
[More about schema changes](../how-to/schema-changes.md).

${all.map((dialect) => `### ${dialect.name}\n\n${matrix(dialect)}`).join("\n\n")}

A property that the schema no longer has keeps its column: a row that is updated keeps its value there, and a new row has the column's default or NULL. A property
that the schema has and a record lacks is NULL in that row, with two exceptions: a record with \`_sdc_deleted_at\` leaves all values of the row as they are
([deletes](../explanation/delivery.md#deletes)), and \`unchanged\` names properties of which the row keeps its values
([partial records](../explanation/delivery.md#partial-records)). \`unknown_fields\` decides what happens to a field that the schema does not have
([undeclared fields](../explanation/delivery.md#fields-that-the-schema-does-not-have)). A property that becomes nullable changes nothing. An existing \`NOT NULL\` constraint
is kept: a row without a value there is refused (\`null_refused\`; by PostgreSQL itself: \`constraint_refuses\`).

## Columns that others made

A load never makes columns of these types, and never changes them. They take the values that fit; another value is refused with its line, or goes into a second column with
\`schema_policy: new_column\` where it is text that is too long, no value of the enum, or no interval. Nothing is cut or rounded:

- \`char(n)\` is filled with spaces, which PostgreSQL ignores when it compares; a value of more characters is refused, also where the rest is spaces.
- Times with fewer than six digits of a second refuse a value that has more, unless those are 0.
- \`money\` takes numbers with two digits after the point, and text such as \`$1,234.56\`, where the server's \`lc_monetary\` reads \`1234.56\` as such an amount.
- Intervals take units with their numbers, clock times and ISO 8601; only seconds may have a fraction, as databases round others.
- A domain takes what its type takes.

${existingRows(existingTypeTable)}

A key that the database holds for equal to another one is that key, though it is spelled differently: \`citext\`, collations that ignore case, the spaces of
\`char(n)\`, \`1\` and \`1.0\` in a decimal. The last row wins.

## Names

The name of a table or column is found in this order:

1. The column whose comment names the property: \`tapline: property "…"\`.
2. The name of the stream or property, exactly: spaces, quotes, dots, emoji and reserved words included. With \`table_names: snake_case\` and \`column_names: snake_case\`
   it is spelled in snake_case first: \`customerName\` is \`customer_name\`.
3. Where others made the table: a table or column whose name differs from that only in the case of ASCII letters. The run reports it, and the column gets a comment that
   names the property. Two properties for one column are an error (\`column_shared\`), and so are two candidates (\`name_ambiguous\`). A table that tapline made has the comment
   \`tapline: stream "…"\`; it is never used for a stream whose name differs in case.
4. A new table or column of that name.

- A name that the database can't have is shortened and gets \`_\` and eight digits of a hash of the whole name. This applies to names that are too long (${limits()}), empty,
  or contain NUL, and to the second of two names that are equal to the database (DuckDB ignores the case of ASCII letters, so \`Name\` and \`nAME\` are equal).
- The run reports it, and the column's comment names the property. The next run finds the column by that comment, in whatever order the properties are sent.
- A stream \`a-b\` loads into table \`b\` of schema \`a\`, unless \`stream_names\` is \`exact\`; the run that makes the table reports it.
- \`table_names\` and \`column_names\` can't change for a table that is loaded (\`names_changed\`): replace it with \`--full-refresh --replace\`.
- Two streams that would meet in one table are an error (\`name_collision\`) that names both.
`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

const names = all.map(({ name }) => name);

function typeRows(cases: readonly TypeCase[]): string {
  return table(
    ["JSON Schema", ...names, "example values"],
    cases.map(({ schema, values }) => [
      code(schema),
      ...all.map((dialect) => `\`${typeName(dialect.types, columnType(schema, dialect.types))}\``),
      values.map(code).join(", "),
    ]),
  );
}

function existingRows(types: readonly ExistingType[]): string {
  const listed = (pairs: readonly (readonly [unknown, string])[], text: (pair: readonly [unknown, string]) => string): string =>
    pairs.map(text).join("<br>");
  return table(
    ["database", "column", "JSON Schema", "taken, and how it is then shown", "refused"],
    types.map(({ database, label, property, taken, refused }) => [
      database,
      label,
      code(property),
      listed(taken, ([sent, stored]) => `${code(sent)}: \`${stored}\``),
      listed(refused, ([sent, error]) => `${code(sent)}: [\`${error}\`](errors.md)`),
    ]),
  );
}

function edgeRows(cases: readonly EdgeCase[]): string {
  return table(["value", "example", "JSON Schema", ...names], cases.map(edgeCells));
}

function settingRows(cases: readonly EdgeCase[]): string {
  const setting = ({ settings = {} }: EdgeCase): string =>
    Object.entries(settings)
      .map(([name, value]) => `\`${name}: ${value}\``)
      .join(", ");
  return table(
    ["setting", "value", "example", "JSON Schema", ...names],
    cases.map((each) => [setting(each), ...edgeCells(each)]),
  );
}

function edgeCells({ what, json, schema, fates }: EdgeCase): string[] {
  const fateOf = (dialect: Typed): string =>
    fateText(fates[dialect.name] as Fate, typeName(dialect.types, columnType(schema, dialect.types)));
  return [what, `\`${shorten(json)}\``, code(schema), ...all.map(fateOf)];
}

function fateText(fate: Fate, type: string): string {
  if (fate === "kept") return `as it is (\`${type}\`)`;
  if ("stored" in fate) return `\`${fate.stored}\`${fate.reported === undefined ? "" : ", counted"}`;
  return "refused" in fate ? `refused: [\`${fate.refused}\`](errors.md)` : `\`${type}\` becomes \`${fate.becomes}\``;
}

const code = (value: unknown): string => `\`${JSON.stringify(value).replaceAll("|", "\\|")}\``;

const shownLength = 40;
const shorten = (text: string): string => (text.length > shownLength ? `${text.slice(0, shownLength - 8)}…` : text);

const changing: readonly JsonSchema[] = [
  { type: "boolean" },
  { type: "integer" },
  { type: "number" },
  { type: "number", multipleOf: 0.01 },
  { type: "string", format: "date" },
  { type: "string", format: "time" },
  { type: "string", format: "date-time" },
  { type: "string", format: "uuid" },
  { type: "string", contentEncoding: "base64" },
  { type: "string" },
  { type: "object" },
];

function matrix(dialect: Typed): string {
  const types = changing.map((schema) => columnType(schema, dialect.types));
  const spelled = (type: (typeof types)[number]): string => `\`${typeName(dialect.types, type)}\``;
  const cell = (from: (typeof types)[number], to: (typeof types)[number]): string => {
    // The result can depend on the digits already in the column: try few digits, and as many as possible.
    const outcomes = [9, 18].map((whole) => widened(from, to, { whole, scale: 0 }, dialect.types));
    const words = outcomes.map((next) => {
      if (next === null || next === "measure") return "second column";
      return describeType(next) === describeType(from) ? "stays" : spelled(next);
    });
    return [...new Set(words)].join(" or ");
  };
  return table(
    ["", ...types.map(spelled)],
    types.map((from) => [spelled(from), ...types.map((to) => cell(from, to))]),
  );
}

function limits(): string {
  return dialects
    .map(({ name, names: { maxNameBytes } }) => (maxNameBytes === undefined ? `${name}: no limit` : `${name}: over ${maxNameBytes} bytes`))
    .join("; ");
}
