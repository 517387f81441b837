/** The connection of dbt-duckdb to the file that target-duckdb writes. Pure. */
import { homedir } from "node:os";
import { resolve } from "node:path";
import type { Output } from "./output.ts";

/** @param project the folder that the target's `filepath` is relative to */
export function duckdbOutput({ filepath, path = filepath }: Record<string, unknown>, project: string): Output {
  return {
    path: resolve(
      project,
      String(path).replace(/^~(?=\/|$)/, () => homedir()),
    ),
  };
}
