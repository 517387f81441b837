/** The Python packages dbt needs, by the executable of the target it works with. */

// 1.12 needs a package that downloads from elsewhere while it is built.
const core = "dbt-core==1.11.16";

export const packages = {
  // The same DuckDB as in target-duckdb: the two share a file.
  "target-duckdb": [core, "dbt-duckdb==1.11.1", "duckdb==1.5.5"],
  "target-postgres": [core, "dbt-postgres==1.11.0", "psycopg2-binary==2.9.13"],
};

export type Adapter = "duckdb" | "postgres";

/** undefined: dbt can't work there. */
export function adapterOf(executable: string): Adapter | undefined {
  if (executable === "target-duckdb") return "duckdb";
  return executable === "target-postgres" ? "postgres" : undefined;
}
