/** Rows of Parquet files as pyarrow reads them: a program that has nothing in common with what wrote them. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { pythonProgram } from "@tapline/testing/python";

const environment = fileURLToPath(new URL("../../../.cache/venv/pyarrow", import.meta.url));

/** JSON has no dates, decimals and bytes: each is text here, the bytes in base64. */
const script = `
import base64, json, sys
import pyarrow.parquet as pq
def text(value):
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value.isoformat() if hasattr(value, "isoformat") else str(value)
for path in sys.argv[1:]:
    table = pq.read_table(path, partitioning=None)
    table.validate(full=True)
    print(json.dumps({"types": {field.name: str(field.type) for field in table.schema}, "rows": table.to_pylist()}, default=text))
`;

export interface ReadFile {
  /** As pyarrow spells them, by column. */
  types: Record<string, string>;
  rows: Record<string, unknown>[];
}

/** One after another. @throws Error where a file can't be read */
export function readByPyarrow(paths: readonly string[]): ReadFile[] {
  const python = pythonProgram(environment, ["pyarrow==26.0.1"], "python");
  const out = execFileSync(python, ["-c", script, ...paths], { encoding: "utf8", maxBuffer: 1 << 28 });
  return out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}
