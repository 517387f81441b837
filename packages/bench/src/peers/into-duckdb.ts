/** The contests for DuckDB: Singer targets with the same lines, and complete pipes with the same CSV file. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { duckdbChecksum } from "../duckdb-checksum.ts";
import type { Result } from "../result.ts";
import { difference } from "./checksum.ts";
import { type Arena, type Contestant, contest } from "./contest.ts";
import { dltProgram, peerProgram, version } from "./environments.ts";
import type { Sources } from "./sources.ts";

/** `most`: the bar, as a share of the time of other targets, and of other pipes. */
export async function intoDuckdb(
  sources: Sources,
  rounds: number,
  log: (line: string) => void,
  most: { targets: number; pipes: number },
): Promise<Result[]> {
  const { csv, lines, folder, ourTap, ourTarget, writeConfig } = sources;
  const arena = await duckdbArena(sources);
  const file = (place: string): string => join(folder, `${place}.duckdb`);
  const config = (place: string, settings: Record<string, unknown> = {}) => writeConfig(place, { filepath: file(place), ...settings });
  const targets: [Contestant, ...Contestant[]] = [
    { name: "target-duckdb", place: "ours", programs: () => [["cat", lines], ourTarget("duckdb", config("ours"))] },
    {
      name: `target-duckdb ${version("target-duckdb")} of PyPI`,
      place: "pypi",
      programs: () => [
        ["cat", lines],
        [peerProgram("target-duckdb", "target-duckdb"), "--config", config("pypi", { default_target_schema: "main" })],
      ],
    },
  ];
  const pipes: [Contestant, ...Contestant[]] = [
    { name: "tap-csv and target-duckdb", place: "ours_pipe", programs: () => [ourTap, ourTarget("duckdb", config("ours_pipe"))] },
    { name: `dlt ${version("dlt")} with pyarrow`, place: "dlt", programs: () => [dltProgram(csv, file("dlt"), "main")] },
  ];
  return [
    ...(await contest("Singer lines to DuckDB", arena, targets, rounds, log, most.targets)),
    ...(await contest("CSV to DuckDB, whole pipe", arena, pipes, rounds, log, most.pipes)),
  ];
}

/** A place is the name of a file. The expected table is the one that DuckDB's reader makes from the CSV file. */
async function duckdbArena({ csv, columns, folder }: Sources): Promise<Arena> {
  const types = {
    integer: "BIGINT",
    string: "VARCHAR",
    decimal: "DECIMAL(18,6)",
    date: "DATE",
    timestamp: "TIMESTAMPTZ",
    boolean: "BOOLEAN",
  };
  const list = Object.entries(columns).map(([name, type]) => `'${name}': '${types[type]}'`);
  const plain = `read_csv('${csv}', header = true, allow_quoted_nulls = false, columns = {${list.join(", ")}})`;
  const wanted = await duckdbChecksum(":memory:", plain);
  return {
    folder,
    difference: async (place) => difference(await duckdbChecksum(join(folder, `${place}.duckdb`), "main.invoices"), wanted),
    clear: async (place) => {
      for (const end of ["", ".wal"]) rmSync(join(folder, `${place}.duckdb${end}`), { force: true });
    },
  };
}
