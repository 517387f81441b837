/** The formats of files: how their names end, and what reads them in SQL. Pure. */
import { quoteText } from "@tapline/columns";
import { errors } from "../errors.ts";

export type Format = "parquet" | "json";

const endings: Record<Format, readonly string[]> = {
  parquet: [".parquet", ".pq"],
  json: [".jsonl", ".ndjson", ".json"].flatMap((end) => [end, `${end}.gz`, `${end}.zst`]),
};

export const allEndings: readonly string[] = Object.values(endings).flat();

export function endingsOf(format: Format | undefined): readonly string[] {
  return format === undefined ? allEndings : endings[format];
}

/** Whether a folder with this file means it. */
export function takesName(name: string, format: Format | undefined): boolean {
  return !name.startsWith(".") && endingsOf(format).some((end) => name.toLowerCase().endsWith(end));
}

/** @throws format_unknown */
export function formatOf(path: string, given: Format | undefined): Format {
  if (given !== undefined) return given;
  const lower = path.toLowerCase();
  const found = (Object.keys(endings) as Format[]).find((format) => endings[format].some((end) => lower.endsWith(end)));
  if (found === undefined) throw errors.format_unknown({ path, known: Object.keys(endings).join(", ") });
  return found;
}

/** A name is no pattern to DuckDB, whatever characters it has. */
export const literalPath = (path: string): string => path.replaceAll(/[*?[]/g, "[$&]");

export const parquetSource = (path: string, withPlace: boolean): string =>
  `read_parquet(${quoteText(literalPath(path))}${withPlace ? ", file_row_number = true" : ""})`;

/** All objects are looked at: a type that only the last one has is found. */
export const typedJson = (path: string): string =>
  `read_json(${quoteText(literalPath(path))}, sample_size = -1, map_inference_threshold = -1)`;

/** Each object as it is in the file, with all digits of its numbers. */
export const jsonObjects = (path: string): string => `read_json_objects(${quoteText(literalPath(path))})`;

/** The values of some columns as the texts that they are. */
export const jsonTexts = (path: string, columns: readonly string[]): string =>
  `read_json(${quoteText(literalPath(path))}, columns = {${columns.map((name) => `${quoteText(name)}: 'VARCHAR'`).join(", ")}})`;
