/** Text of a declared form: UUIDs and base64. Pure. */
import { Refusal } from "./refusal.ts";

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** @throws Refusal wrong_type, invalid_uuid */
export function readUuid(value: unknown): string {
  if (typeof value !== "string") throw new Refusal("wrong_type");
  if (!uuid.test(value)) throw new Refusal("invalid_uuid");
  return value;
}

/** In the usual alphabet or the one for URLs, with or without padding; white space is ignored. @throws Refusal wrong_type, invalid_base64 */
export function readBase64(value: unknown): Buffer {
  if (typeof value !== "string") throw new Refusal("wrong_type");
  const text = value.replace(/[ \t\r\n]+/g, "");
  const bytes = Buffer.from(text, "base64");
  const spelled = text.replace(/=+$/, "").replaceAll("-", "+").replaceAll("_", "/");
  // Node skips characters that are not base64; encoding the result again then gives other text.
  if (bytes.toString("base64").replace(/=+$/, "") !== spelled) throw new Refusal("invalid_base64");
  return bytes;
}
