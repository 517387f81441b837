/** The rows of a table with their values as they are, for tests: by a session of its own and plain statements. */
import { exactNumber, parseExact, type Row } from "@tapline/protocol";
import type { Config } from "../src/config.ts";
import { openSession } from "../src/session.ts";

/** Null where there is no such table. Names are exact. */
export async function readTable(config: Config, schema: string, table: string): Promise<Row[] | null> {
  await using session = await openSession(config);
  const name = [config.database, schema, table].map(quote).join(".");
  const described = await session.execute(`DESCRIBE TABLE ${name}`).catch((error: Error) => {
    if (/does not exist/.test(error.message)) return null;
    throw error;
  });
  if (described === null) return null;
  const types = described.rows.map(([name, type]) => [String(name), String(type)] as const);
  const { rows } = await session.execute(
    `SELECT ${types.map(([name, type]) => (type === "VARIANT" ? `TO_JSON(${quote(name)})` : quote(name))).join(", ")} FROM ${name}`,
  );
  return rows.map((row) => Object.fromEntries(types.map(([name, type], index) => [name, value(row[index] as string | null, type)])));
}

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;

function value(text: string | null, type: string): unknown {
  if (text === null) return null;
  if (type === "BOOLEAN") return /^(1|true)$/i.test(text);
  if (type === "VARIANT") return parseExact(text);
  if (type.startsWith("TIMESTAMP_TZ")) return text.replace(/^(\S+) (\S+) \+0000$/, "$1T$2+00:00");
  if (type.startsWith("BINARY")) return Buffer.from(text, "hex").toString("base64");
  if (type.startsWith("TIME(")) return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
  if (!/^(NUMBER|FLOAT)/.test(type)) return text;
  return special[text.toLowerCase()] ?? exactNumber(text);
}

const special: Record<string, number> = { nan: Number.NaN, inf: Number.POSITIVE_INFINITY, "-inf": Number.NEGATIVE_INFINITY };
