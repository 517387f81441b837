/**
 * Stream maps in target-duckdb: the same lines with no maps, and with a rename, a drop and a hash, in interleaved rounds. Compared is the
 * target's processor time.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { linesFile } from "./lines-to-parquet.ts";
import { measure } from "./measure.ts";
import { publishedPlugin } from "./published-plugin.ts";
import { compare, interleave, type Result } from "./result.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
/** Of the invoices: one column gets another name, one is dropped, one is hashed. */
const maps = { client: "customer_name", customer_name: null, memo: null, invoice_no: "md5(config['salt'] + invoice_no)" };

export async function mapsOnLoad(rows: number, rounds: number, log: (line: string) => void): Promise<Result[]> {
  const lines = linesFile(join(root, ".cache/bench"), rows);
  const folder = mkdtempSync(join(tmpdir(), "bench-maps-"));
  const load = (settings: object) => {
    const config = join(folder, "target.json");
    const filepath = join(folder, "out.duckdb");
    rmSync(filepath, { force: true });
    writeFileSync(config, JSON.stringify({ filepath, ...settings }));
    return measure(
      [
        ["cat", lines],
        [publishedPlugin("target-duckdb"), "--config", config],
      ],
      folder,
    );
  };
  try {
    const mapped = { stream_maps: { invoices: maps }, stream_map_config: { salt: "salt-and-pepper" } };
    const costs = await interleave({ bare: () => load({}), mapped: () => load(mapped) }, rounds, log);
    const program = "target-duckdb.js";
    return [
      compare(
        "stream maps (rename, drop, hash), CPU of target-duckdb",
        costs.cpu("mapped", program),
        "s",
        ["without maps", costs.cpu("bare", program)],
        2,
      ),
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}
