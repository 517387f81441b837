/** Names as the database can take them: quoted exactly, never cut in silence. Pure. */
import type { Position } from "@tapline/protocol";
import type { Dialect } from "./dialect.ts";
import { errors } from "./errors.ts";

/** @throws name_empty, name_too_long, name_has_nul */
export function checkName(dialect: Dialect, name: string, what: "schema" | "table" | "column", position: Position): void {
  const params = { what, name: name.length > shownCharacters ? `${name.slice(0, shownCharacters)}…` : name, database: dialect.name };
  const most = dialect.maxNameBytes;
  if (most === undefined) return;
  if (name === "") throw errors.name_empty(params, position);
  if (name.includes("\u0000")) throw errors.name_has_nul(params, position);
  const bytes = Buffer.byteLength(name);
  if (bytes > most) throw errors.name_too_long({ ...params, bytes, most }, position);
}

const shownCharacters = 80;
