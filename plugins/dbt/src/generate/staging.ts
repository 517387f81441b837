/**
 * The staging model of a stream: its rows as they are now, one a key, under plain names. A stream that is appended to has the same one
 * as when it was upserted, so what builds on it need not know how it is loaded. Pure.
 */
import type { GeneratedFile } from "./generated-file.ts";
import { keyTests } from "./key-tests.ts";
import { jinjaText, sqlName, yamlString } from "./quote.ts";
import { metadata, sourceOf, type Table, timeOf } from "./table.ts";

export function stagingFiles(table: Table): GeneratedFile[] {
  const { folder, models, keys, stream } = table;
  const plainKeys = keys.map(({ plain }) => plain);
  const lines = [
    "version: 2",
    "models:",
    `  - name: ${yamlString(models.staging)}`,
    `    description: ${yamlString(jinjaText(`Stream ${JSON.stringify(stream.stream)} as it is now, under plain names`))}`,
    // What upserts, and has its keys tested at the source, needs no second look.
    ...(isLog(table) ? keyTests(plainKeys, { isUnique: true }).map((line) => `    ${line}`) : []),
  ];
  return [
    { path: `${folder}/${models.staging}.sql`, text: `{{ config(materialized='view') }}\n\n${select(table)}` },
    { path: `${folder}/${models.staging}.yml`, text: `${lines.join("\n")}\n` },
  ];
}

function select(table: Table): string {
  const columns = table.columns.map(({ name, plain }) => `    ${sqlName(name)} as ${sqlName(plain)}`).join(",\n");
  const deletedAt = metadata(table, "_sdc_deleted_at");
  const isThere = deletedAt === undefined ? [] : [`${deletedAt} is null`];
  if (!isLog(table)) return `select\n${columns}\nfrom ${sourceOf(table)}\n${where(isThere)}`;
  const keys = table.keys.map(({ name }) => sqlName(name));
  const place = sqlName(freeName(table, "tapline_place"));
  return `with placed as (
    select
        *,
        row_number() over (
            partition by ${keys.join(", ")}
            order by ${timeOf(table)} desc nulls last, ${metadata(table, "_sdc_sequence")} desc nulls last
        ) as ${place}
    from ${sourceOf(table)}
    ${where(keys.map((key) => `${key} is not null`)).trimEnd()}
)

select
${columns}
from placed
${where([`${place} = 1`, ...isThere])}`;
}

/** Every version of a row is in the table, and the columns that put them in order. */
function isLog(table: Table): boolean {
  const places = ["_sdc_extracted_at", "_sdc_sequence", "_sdc_deleted_at"];
  return table.stream.loadMethod === "append-only" && table.keys.length > 0 && places.every((each) => metadata(table, each) !== undefined);
}

const where = (conditions: readonly string[]): string => (conditions.length === 0 ? "" : `where ${conditions.join(" and ")}\n`);

function freeName({ columns }: Table, name: string): string {
  return columns.some((column) => column.name.toLowerCase() === name) ? freeName({ columns } as Table, `${name}_`) : name;
}
