/** The Python packages that dbt needs, by the executable of the target. */

// dbt 1.12 needs a package that downloads files from another site while it is built.
const core = "dbt-core==1.11.16";

export const packages = {
  // The same version of DuckDB as in target-duckdb, because both open the same file.
  "target-duckdb": [core, "dbt-duckdb==1.11.1", "duckdb==1.5.5"],
  "target-postgres": [core, "dbt-postgres==1.11.0", "psycopg2-binary==2.9.13"],
};

export type Adapter = "duckdb" | "postgres";

/** Returns undefined when dbt does not support the target. */
export function adapterOf(executable: string): Adapter | undefined {
  if (executable === "target-duckdb") return "duckdb";
  return executable === "target-postgres" ? "postgres" : undefined;
}
