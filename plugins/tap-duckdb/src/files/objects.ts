/** Objects in S3, which DuckDB's extension httpfs lists and reads. The environment is read here, for keys that no setting gives. */
import { quoteText } from "@tapline/columns";
import { TaplineError } from "@tapline/sdk";
import type { Config } from "../config.ts";
import type { Database } from "../database.ts";
import { errors } from "../errors.ts";
import { type Format, literalPath, takesName } from "./formats.ts";
import type { Look } from "./look.ts";

export const isAddress = (path: string): boolean => /^s3:\/\//i.test(path);

/** What may be listed and read for an address: all below the last folder before a pattern. */
export function prefixOf(address: string): string {
  const plain = /^[^*?[{]*/.exec(address)?.[0] ?? "";
  return plain.slice(0, plain.lastIndexOf("/") + 1);
}

/** The keys for all addresses. */
export async function useKeys(query: Database["query"], settings: Config, env: NodeJS.ProcessEnv = process.env): Promise<void> {
  const given = {
    KEY_ID: settings.aws_access_key_id ?? env.AWS_ACCESS_KEY_ID,
    SECRET: settings.aws_secret_access_key ?? env.AWS_SECRET_ACCESS_KEY,
    SESSION_TOKEN: settings.aws_session_token ?? env.AWS_SESSION_TOKEN,
    REGION: settings.aws_region ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? "us-east-1",
  };
  const parts = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${quoteText(value)}`]));
  const { endpoint } = settings;
  if (endpoint !== undefined) {
    const { protocol, host } = new URL(endpoint);
    parts.push(`ENDPOINT ${quoteText(host)}`, "URL_STYLE 'path'", `USE_SSL ${protocol === "https:"}`);
  }
  await query(`CREATE SECRET tapline (TYPE s3, ${parts.join(", ")})`).catch((error: unknown) => {
    const { message } = (error as TaplineError).cause as Error;
    if (/Secret type 's3' not found/.test(message)) throw errors.extension_needed({ extension: "httpfs", reason: "s3:// is read with it" });
    throw error;
  });
}

/** @throws pattern_without_files, folder_without_files, file_missing */
export async function listObjects({ query }: Database, address: string, format: Format | undefined): Promise<string[]> {
  const isFolder = address.endsWith("/");
  if (!isFolder && !/[*?[{]/.test(address)) return [address];
  const rows = await query(`SELECT file FROM glob(${quoteText(isFolder ? `${literalPath(address)}*` : address)}) ORDER BY file`, address);
  const found = rows.map(([file]) => String(file)).filter((file) => !isFolder || takesName(file.slice(address.length), format));
  if (found.length > 0) return found;
  throw errors.pattern_without_files({ pattern: address });
}

export async function statObject({ query }: Database, address: string): Promise<Look> {
  const sql = `SELECT size, strftime(last_modified AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%gZ') FROM read_blob(${quoteText(literalPath(address))})`;
  const rows = await query(sql, address).catch((error: unknown) => {
    const text = error instanceof TaplineError && error.cause instanceof Error ? error.cause.message : "";
    if (/HTTP 404|\b404\b|No files found/.test(text)) throw errors.file_missing({ path: address }, {}, error);
    throw error;
  });
  const [row] = rows;
  if (row === undefined) throw errors.file_missing({ path: address });
  return { size: Number(row[0]), mtime: String(row[1]) };
}
