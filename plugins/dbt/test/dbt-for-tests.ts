/** The dbt that tests run: one private Python environment below `.cache/dbt`, made once with fixed versions, so that a red test means us. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../../../.cache/dbt", import.meta.url));
/** DuckDB is the version that target-duckdb carries: they share a file. */
const packages = ["dbt-core==1.11.16", "dbt-duckdb==1.11.1", "dbt-postgres==1.11.0", "duckdb==1.5.5"];

/** The path of dbt, in an environment that is made when it is not there as wanted. Throws where python3 or pip fail. */
export function dbtForTests(): string {
  const marker = join(folder, "tapline-requirements.txt");
  const wanted = packages.join("\n");
  if (!existsSync(marker) || readFileSync(marker, "utf8") !== wanted) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    execFileSync("python3", ["-m", "venv", folder], { stdio: "pipe" });
    execFileSync(join(folder, "bin/pip"), ["install", "--quiet", "--disable-pip-version-check", ...packages], { stdio: "pipe" });
    // Last, so that an install that was cut is made anew.
    writeFileSync(marker, wanted);
  }
  return join(folder, "bin/dbt");
}
