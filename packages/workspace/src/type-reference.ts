/** docs/reference/types.md: which column a property becomes and what happens to values, printed from the table that the dialects are tested with. */
import { columnType, describeType, typeName, widened } from "@tapline/columns";
import type { JsonSchema } from "@tapline/protocol";
import type { Dialect } from "@tapline/sql";
import { dialect as duckdb } from "@tapline/target-duckdb";
import { dialect as postgres } from "@tapline/target-postgres";
import { type EdgeCase, type Fate, outgrowing, type TypeCase, typeTable, unusual } from "@tapline/testing/type-table";

const dialects: readonly Dialect[] = [postgres, duckdb];

export function typeReference(): string {
  const groups = [...new Set(typeTable.map(({ group }) => group))];
  const sections = groups.map((group) => `## ${group}\n\n${typeRows(typeTable.filter((each) => each.group === group))}`);
  return `# Types

Made from the tests by \`npm run generate\`: every row of these tables is loaded into both databases and read back by another program.

\`null\` beside a type says nothing: every column takes NULL, and \`""\` is not NULL. A \`$ref\` is followed inside the schema's own document only. Several types with
string among them are text, in which other values are JSON; other mixtures are JSON columns. Objects and arrays are one JSON value each, never flattened.

${sections.join("\n\n")}

## When a value does not fit its column

A value its schema allows is never refused for want of room: with \`schema_policy: evolve\` the column becomes wider, and what was in it keeps every digit.
The run says so. \`new_column\` puts such values into a column beside it, \`freeze\` refuses them.

${edgeRows(outgrowing)}

- PostgreSQL: \`smallint\` -> \`integer\` -> \`bigint\` -> \`numeric\` -> \`text\`; \`double precision\` -> \`numeric\`; \`varchar(n)\` -> \`text\`.
- DuckDB: \`SMALLINT\` -> \`INTEGER\` -> \`BIGINT\` -> \`HUGEINT\` -> \`VARCHAR\`; \`DOUBLE\` -> \`DECIMAL(38,s)\`, where that holds all digits, -> \`VARCHAR\`.

## Unusual values

A value that is refused ends the run with its line and column, or, with \`on_error: reject\`, is kept with its row among the rejects and counted.

${edgeRows(unusual)}

## When the schema changes

What a column that is there (left) becomes when its property's values are of another type from now on (top). "stays": it takes them as it is, each exactly or
with an error of its own. "beside": error \`type_conflict\`; with \`schema_policy: new_column\` the values go into a column beside it.
[More about schema changes](../how-to/schema-changes.md).

${dialects.map((dialect) => `### ${dialect.name}\n\n${matrix(dialect)}`).join("\n\n")}

A property that is no longer sent keeps its column, and new rows have NULL there. A property that may be null now changes nothing. A column of \`NOT NULL\` that
others made stays so: a row without a value there is refused (\`null_refused\`; by PostgreSQL itself: \`constraint_refuses\`).

## Names

- Tables and columns are called just as the stream and its properties, whatever stands in the name: spaces, quotes, dots, emoji, reserved words.
- A name the database can't have becomes its start, \`_\` and eight digits of a hash of the whole: one that is too long (${limits()}), empty, or has a NUL in it, and
  the second of two that the database takes for one (DuckDB ignores the case of ASCII letters, so \`Name\` and \`nAME\` are one to it).
- The run says so, and the column's comment has the property: \`tapline: property "…"\`. The next run finds the column by it, whatever the order of the properties.
- Two streams that would meet in one table are an error (\`name_collision\`) that names both.
`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

const names = dialects.map(({ name }) => name);

function typeRows(cases: readonly TypeCase[]): string {
  return table(
    ["JSON Schema", ...names, "example values"],
    cases.map(({ schema, values }) => [
      code(schema),
      ...dialects.map((dialect) => `\`${typeName(dialect.types, columnType(schema, dialect.types))}\``),
      values.map(code).join(", "),
    ]),
  );
}

function edgeRows(cases: readonly EdgeCase[]): string {
  return table(
    ["value", "example", "JSON Schema", ...names],
    cases.map(({ what, json, schema, fates }) => [
      what,
      `\`${shorten(json)}\``,
      code(schema),
      ...dialects.map((dialect) => told(fates[dialect.name] as Fate, typeName(dialect.types, columnType(schema, dialect.types)))),
    ]),
  );
}

function told(fate: Fate, type: string): string {
  if (fate === "kept") return `as it is (\`${type}\`)`;
  return "refused" in fate ? `refused: [\`${fate.refused}\`](errors.md)` : `\`${type}\` becomes \`${fate.becomes}\``;
}

const code = (value: unknown): string => `\`${JSON.stringify(value).replaceAll("|", "\\|")}\``;

const shownLength = 28;
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

function matrix(dialect: Dialect): string {
  const types = changing.map((schema) => columnType(schema, dialect.types));
  const spelled = (type: (typeof types)[number]): string => `\`${typeName(dialect.types, type)}\``;
  const cell = (from: (typeof types)[number], to: (typeof types)[number]): string => {
    // Where it depends on what the column has by now: few digits, and as many as there can be.
    const outcomes = [9, 18].map((whole) => widened(from, to, { whole, scale: 0 }, dialect.types));
    const words = outcomes.map((next) => {
      if (next === null || next === "measure") return "beside";
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
    .map(({ name, maxNameBytes }) => (maxNameBytes === undefined ? `${name}: no limit` : `${name}: over ${maxNameBytes} bytes`))
    .join("; ");
}
