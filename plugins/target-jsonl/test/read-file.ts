/** The rows of a stream's file, for tests. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseExact, type Row } from "@tapline/protocol";

export async function readFile(stream: string, folder: string): Promise<Row[] | null> {
  const path = join(folder, `${stream}.jsonl`);
  if (!existsSync(path)) return null;
  return readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => parseExact(line) as Row);
}
