/**
 * The history model of an append-only stream: it selects the rows of the log, and the macro `tapline_history` makes versions from them.
 * Pure. docs/explanation/history.md defines a version.
 */
import type { GeneratedFile } from "./generated-file.ts";
import { customTest, keyTests } from "./key-tests.ts";
import { jinjaList, jinjaText, sqlName, yamlString } from "./quote.ts";
import type { GenerateStream } from "./stream.ts";
import { type Column, metadata, sourceOf, type Table, timeOf } from "./table.ts";

const needed = ["_sdc_extracted_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_sync_started_at"];

/** Why a stream can't have a history, in words; undefined when it can. */
export function historyProblem(stream: GenerateStream): string | undefined {
  if (stream.keys.length === 0) return "it has no keys, so rows can't be matched as versions of the same thing: set keys in the tap";
  if (stream.loadMethod !== "append-only")
    return `load_method ${stream.loadMethod} keeps only the newest version of a row: set it to append-only`;
  const missing = needed.filter((name) => !stream.columns.some(({ property }) => property === name));
  if (missing.length > 0) return `its table has no ${missing.join(", ")}: set add_record_metadata to true`;
  return undefined;
}

export function historyFiles(table: Table): GeneratedFile[] {
  const { models, stream } = table;
  const keys = table.keys.map(({ plain }) => plain);
  const rest = table.columns.filter((column) => !column.isMetadata && !table.keys.includes(column));
  const folder = `models/history/${table.sourceName}/${models.table}`;
  const yaml = [
    "version: 2",
    "models:",
    `  - name: ${yamlString(models.history)}`,
    `    description: ${yamlString(jinjaText(`Every version of every row of stream ${JSON.stringify(stream.stream)}, made from its log`))}`,
    ...keyTests(keys, { isUnique: false, more: invariants.map((test) => customTest(test, keys)) }).map((line) => `    ${line}`),
  ];
  return [
    { path: `${folder}/${models.history}.sql`, text: model(table, keys, rest) },
    { path: `${folder}/${models.history}.yml`, text: `${yaml.join("\n")}\n` },
  ];
}

const invariants = ["tapline_one_current", "tapline_unbroken", "tapline_forward"];

function model(table: Table, keys: readonly string[], rest: readonly Column[]): string {
  const deletedAt = metadata(table, "_sdc_deleted_at");
  const json = rest.filter(({ type }) => /^jsonb?$/i.test(type));
  const columns = [
    ...table.keys.map(({ name, plain }) => `${sqlName(name)} as ${sqlName(plain)}`),
    ...rest.map(({ name, plain }) => `case when ${deletedAt} is null then ${sqlName(name)} end as ${sqlName(plain)}`),
    `${deletedAt} is not null as is_deleted`,
    `${timeOf(table)} as log_time`,
    `coalesce(${metadata(table, "_sdc_sequence")}, 0) as log_sequence`,
    `coalesce(${metadata(table, "_sdc_sync_started_at")}, 0) as load_started`,
    `${metadata(table, "_sdc_batched_at")} as loaded_at`,
  ];
  return `{{ config(
    materialized='incremental',
    incremental_strategy='tapline_history',
    unique_key=${jinjaList(keys)},
    on_schema_change='fail'
) }}

{% set log %}
select
${columns.map((column) => `    ${column}`).join(",\n")}
from ${sourceOf(table)}
where ${table.keys.map(({ name }) => `${sqlName(name)} is not null`).join(" and ")}
{% endset %}

{{ tapline_history(
    log,
    keys=${jinjaList(keys)},
    columns=${jinjaList(rest.map(({ plain }) => plain))},
    json=${jinjaList(json.map(({ plain }) => plain))}
) }}
`;
}
