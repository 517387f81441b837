/**
 * A stream's table as a dbt source, with tests of its keys and the allowed age of its rows. There is one file per stream, so that editing one
 * does not affect the others, and each may be in a different schema. Pure.
 */
import type { GeneratedFile } from "./generated-file.ts";
import { keyTests } from "./key-tests.ts";
import { jinjaText, yamlString } from "./quote.ts";
import { metadata, type Table } from "./table.ts";

export function sourceFile(table: Table): GeneratedFile {
  const { stream, models, sourceName, folder, keys } = table;
  const names = keys.map(({ name }) => name);
  const lines = [
    "version: 2",
    "sources:",
    `  - name: ${yamlString(sourceName)}`,
    `    schema: ${yamlString(jinjaText(stream.schema))}`,
    "    quoting: {schema: true, identifier: true}",
    "    tables:",
    `      - name: ${yamlString(models.table)}`,
    `        identifier: ${yamlString(identifier(stream.table))}`,
    ...freshness(table),
    ...keyTests(names, { isUnique: stream.loadMethod !== "append-only" }).map((line) => `        ${line}`),
  ];
  return { path: `${folder}/sources.yml`, text: `${lines.join("\n")}\n` };
}

/** dbt quotes it without doubling quotes in it. */
const identifier = (name: string): string => jinjaText(name.replaceAll('"', '""'));

function freshness(table: Table): string[] {
  const loadedAt = metadata(table, "_sdc_batched_at");
  if (loadedAt === undefined) return [];
  return [
    "        config:",
    `          loaded_at_field: ${yamlString(loadedAt)}`,
    "          freshness:",
    "            warn_after: {count: 36, period: hour}",
  ];
}
