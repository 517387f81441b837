/**
 * The staging model of a stream: its current rows, one per key, with plain names. It is the same for an append-only stream and an upserted
 * one, so models that build on it do not depend on how it is loaded. Pure.
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
    `    description: ${yamlString(jinjaText(`Stream ${JSON.stringify(stream.stream)} as it is now, with plain column names`))}`,
    // The keys of an upserted table are tested at the source already.
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
  const notDeleted = deletedAt === undefined ? [] : [`${deletedAt} is null`];
  if (!isLog(table)) return `select\n${columns}\nfrom ${sourceOf(table)}\n${where(notDeleted)}`;
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
${where([`${place} = 1`, ...notDeleted])}`;
}

/** Whether the table has every version of a row, and the columns to order them. */
function isLog(table: Table): boolean {
  const ordering = ["_sdc_extracted_at", "_sdc_sequence", "_sdc_deleted_at"];
  return (
    table.stream.loadMethod === "append-only" && table.keys.length > 0 && ordering.every((each) => metadata(table, each) !== undefined)
  );
}

const where = (conditions: readonly string[]): string => (conditions.length === 0 ? "" : `where ${conditions.join(" and ")}\n`);

function freeName({ columns }: Table, name: string): string {
  return columns.some((column) => column.name.toLowerCase() === name) ? freeName({ columns } as Table, `${name}_`) : name;
}
