/** Every file that is made from code: its path and what it must hold. `generate.ts` writes them, a test compares. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { codegenErrorCatalogue } from "@tapline/codegen";
import { columnErrorCatalogue } from "@tapline/columns";
import dbt, { dbtErrorCatalogue, generateErrorCatalogue } from "@tapline/dbt";
import { duckdbErrorCatalogue } from "@tapline/duckdb";
import { mapErrorCatalogue } from "@tapline/maps";
import { postgresErrorCatalogue } from "@tapline/postgres";
import { catalogErrorCatalogue, type ErrorEntry, exitCodes, protocolErrorCatalogue, stateErrorCatalogue } from "@tapline/protocol";
import { protocolSchemas } from "@tapline/protocol/schemas";
import { restErrorCatalogue } from "@tapline/rest";
import { jobRequestSchema, projectSchema, runnerErrorCatalogue, verifyReportSchema } from "@tapline/runner";
import {
  about,
  aboutMarkdown,
  type Described,
  describeMapper,
  describeTap,
  describeTarget,
  fileErrorCatalogue,
  sdkErrorCatalogue,
  settingsSchema,
  settingsTable,
} from "@tapline/sdk";
import { openApiDocument, serverErrorCatalogue } from "@tapline/server";
import { sqlErrorCatalogue } from "@tapline/sql";
import { sqlTapErrorCatalogue } from "@tapline/sql-tap";
import tapCsv, { tapCsvErrorCatalogue } from "@tapline/tap-csv";
import tapDuckdb, { tapDuckdbErrorCatalogue } from "@tapline/tap-duckdb";
import tapMysql, { tapMysqlErrorCatalogue } from "@tapline/tap-mysql";
import tapPostgres, { tapPostgresErrorCatalogue } from "@tapline/tap-postgres";
import tapRest, { definitionSchema, tapRestErrorCatalogue } from "@tapline/tap-rest";
import taplineMap from "@tapline/tapline-map";
import targetDuckdb, { targetDuckdbErrorCatalogue } from "@tapline/target-duckdb";
import targetJsonl, { targetJsonlErrorCatalogue } from "@tapline/target-jsonl";
import targetParquet, { targetParquetErrorCatalogue } from "@tapline/target-parquet";
import targetPostgres, { targetPostgresErrorCatalogue } from "@tapline/target-postgres";
import targetSnowflake, { targetSnowflakeErrorCatalogue } from "@tapline/target-snowflake";
import { cliErrorCatalogue } from "tapline/errors";
import { withLanguage } from "./map-reference.ts";
import { meltanoReference } from "./meltano-reference.ts";
import { root } from "./repository.ts";
import { resultsPage, resultsPagePath } from "./results-page.ts";
import { typeReference } from "./type-reference.ts";
import { verifyReference } from "./verify-reference.ts";

const plugins: Described[] = [
  dbt,
  describeTap(tapCsv),
  describeTap(tapDuckdb),
  describeTap(tapMysql),
  describeTap(tapPostgres),
  describeTap(tapRest),
  describeMapper(taplineMap),
  describeTarget(targetDuckdb),
  describeTarget(targetJsonl),
  describeTarget(targetParquet),
  describeTarget(targetPostgres),
  describeTarget(targetSnowflake),
];

const catalogues: Record<string, Record<string, ErrorEntry>> = {
  "Singer messages": protocolErrorCatalogue,
  "Catalog and state": { ...catalogErrorCatalogue, ...stateErrorCatalogue },
  "Every plugin": sdkErrorCatalogue,
  "Taps that read files": fileErrorCatalogue,
  "Targets for SQL databases": sqlErrorCatalogue,
  "Taps for SQL databases": sqlTapErrorCatalogue,
  "Taps for REST APIs": restErrorCatalogue,
  "Rows and values": columnErrorCatalogue,
  "PostgreSQL plugins": postgresErrorCatalogue,
  "Stream maps": mapErrorCatalogue,
  "DuckDB plugins": duckdbErrorCatalogue,
  dbt: { ...dbtErrorCatalogue, ...generateErrorCatalogue },
  "tap-csv": tapCsvErrorCatalogue,
  "tap-duckdb": tapDuckdbErrorCatalogue,
  "tap-mysql": tapMysqlErrorCatalogue,
  "tap-postgres": tapPostgresErrorCatalogue,
  "tap-rest": tapRestErrorCatalogue,
  "target-duckdb": targetDuckdbErrorCatalogue,
  "target-jsonl": targetJsonlErrorCatalogue,
  "target-parquet": targetParquetErrorCatalogue,
  "target-postgres": targetPostgresErrorCatalogue,
  "target-snowflake": targetSnowflakeErrorCatalogue,
  tapline: { ...runnerErrorCatalogue, ...serverErrorCatalogue },
  "tapline, what was typed": { ...cliErrorCatalogue, ...codegenErrorCatalogue },
};

/** Paths from the root, with the whole text each file must have. */
export function generatedFiles(): Record<string, string> {
  const files: Record<string, string> = {};
  const schemas = {
    ...protocolSchemas,
    tapline: projectSchema,
    "job-request": jobRequestSchema,
    "verify-report": verifyReportSchema,
    "tap-rest-definition": definitionSchema,
    ...Object.fromEntries(plugins.map((plugin) => [`${plugin.name}-settings`, settingsSchema(plugin)])),
  };
  files["schemas/serve-api.openapi.json"] = `${JSON.stringify(openApiDocument(), null, 2)}\n`;
  for (const [name, schema] of Object.entries(schemas)) {
    const text = JSON.stringify(
      { $schema: "https://json-schema.org/draft/2020-12/schema", ...JSON.parse(JSON.stringify(schema)) },
      null,
      2,
    );
    files[`schemas/${name}.schema.json`] = `${text}\n`;
  }
  for (const plugin of plugins) {
    const path = `plugins/${plugin.name}/README.md`;
    files[path] = withSettings(existsSync(join(root, path)) ? readFileSync(join(root, path), "utf8") : "", settingsTable(plugin));
    files[`plugins/${plugin.name}/about.json`] = asJson({ json: about(plugin), markdown: aboutMarkdown(plugin) });
  }
  files["docs/reference/errors.md"] = errorReference();
  const mapPage = "docs/reference/stream-maps.md";
  files[mapPage] = withLanguage(readFileSync(join(root, mapPage), "utf8"));
  files["docs/reference/meltano.md"] = meltanoReference();
  files["docs/reference/types.md"] = typeReference();
  files["docs/reference/verify.md"] = verifyReference();
  files[resultsPagePath] = resultsPage();
  const { help, manifest } = commands();
  files["packages/cli/help.json"] = asJson(help);
  files["packages/cli/oclif.manifest.json"] = asJson(manifest);
  return files;
}

/** The help of every command, and the manifest from which oclif finds a command without loading the others. */
function commands(): { help: unknown; manifest: unknown } {
  return JSON.parse(execFileSync(process.execPath, [join(root, "packages/cli/dist/render-help.js")], { encoding: "utf8" }));
}

const asJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** The README with the table between its two markers replaced. */
function withSettings(readme: string, table: string): string {
  const [start, end] = ["<!-- settings -->", "<!-- /settings -->"];
  if (!readme.includes(start) || !readme.includes(end)) throw new Error(`a plugin's README lacks the markers ${start} and ${end}`);
  return `${readme.slice(0, readme.indexOf(start) + start.length)}\n${table}\n${readme.slice(readme.indexOf(end))}`;
}

function errorReference(): string {
  const classes = Object.entries(exitCodes)
    .map(([name, code]) => `${name} ${code}`)
    .join(", ");
  const parts = Object.entries(catalogues).map(([title, catalogue]) => {
    const rows = Object.entries(catalogue).map(
      ([code, entry]) => `| \`${code}\` | ${entry.class} | ${entry.recovery ?? "fatal"} | ${hintOf(entry)} |`,
    );
    return [`## ${title}`, "", "| code | class | recovery | what to do |", "| --- | --- | --- | --- |", ...rows].join("\n");
  });
  return `# Errors

Made from the code by \`npm run generate\`. Codes are stable. The exit code of a plugin depends on the class: ${classes}; 130 and 143 after SIGINT and SIGTERM.

${parts.join("\n\n")}
`;
}

/** Hints that depend on their parameters show each parameter as …. */
function hintOf(entry: ErrorEntry): string {
  const unknown = new Proxy({}, { get: () => "…" });
  return (typeof entry.hint === "string" ? entry.hint : entry.hint(unknown)).replaceAll("|", "\\|");
}
