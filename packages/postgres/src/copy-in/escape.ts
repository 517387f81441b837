/** Escapes of COPY's text format. Pure. Source: PostgreSQL manual, COPY, "Text Format". */
import { Refusal } from "@tapline/columns";

const special = /[\\\n\r\t\0]/;
const escapes: Record<string, string> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** @throws Refusal nul_character */
export function escapeCopy(text: string): string {
  if (!special.test(text)) return text;
  if (text.includes("\0")) throw new Refusal("nul_character");
  return text.replace(/[\\\n\r\t]/g, (character) => escapes[character] as string);
}
