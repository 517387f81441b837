/** Which names the schemas of a cutover have, and the statements that give them the others. Pure. */
import { quoteName } from "@tapline/columns";
import { type CutoverGrant, orderRenames, type SchemaRename } from "@tapline/sdk";

export interface NamesFound {
  state: "before" | "after" | "neither";
  /** Where it is neither. */
  reason?: string;
}

/** Told by the names alone: the renames are in one transaction, so a database has all of them or none. */
export function stateOf(renames: readonly SchemaRename[], there: ReadonlySet<string>): NamesFound {
  const old = renames.map(({ from }) => from);
  const fresh = renames.map(({ to }) => to);
  const isThere = (name: string): boolean => there.has(name);
  const onlyOld = old.filter((name) => !fresh.includes(name));
  const onlyFresh = fresh.filter((name) => !old.includes(name));
  if (old.every(isThere) && !onlyFresh.some(isThere)) return { state: "before" };
  if (fresh.every(isThere) && !onlyOld.some(isThere)) return { state: "after" };
  const names = [...new Set([...old, ...fresh])];
  const list = (each: readonly string[]): string => each.join(", ") || "none";
  const found = `there: ${list(names.filter(isThere))}; not there: ${list(names.filter((name) => !isThere(name)))}`;
  return { state: "neither", reason: `the database has neither the names before the cutover nor those after it (${found})` };
}

/** Undefined: the renames go around in a circle, or name a schema twice. */
export function renameStatements(renames: readonly SchemaRename[], action: "apply" | "undo"): string[] | undefined {
  const ordered = orderRenames(renames);
  if (ordered === undefined) return undefined;
  const steps = action === "apply" ? ordered : ordered.toReversed().map(({ from, to }) => ({ from: to, to: from }));
  return steps.map(({ from, to }) => `ALTER SCHEMA ${quoteName(from)} RENAME TO ${quoteName(to)}`);
}

/** Grants name schemas as they are before the cutover, so these statements run before its renames, or after those of its undo. */
export function grantStatement({ on, schema, relation = "", owner = "", right, grantee }: CutoverGrant, action: "apply" | "undo"): string {
  const who = grantee === "" ? "PUBLIC" : quoteName(grantee);
  const [verb, to] = action === "apply" ? ["GRANT", "TO"] : ["REVOKE", "FROM"];
  if (on === "schema") return `${verb} ${right} ON SCHEMA ${quoteName(schema)} ${to} ${who}`;
  if (on === "relation") return `${verb} ${right} ON TABLE ${quoteName(schema)}.${quoteName(relation)} ${to} ${who}`;
  return `ALTER DEFAULT PRIVILEGES FOR ROLE ${quoteName(owner)} IN SCHEMA ${quoteName(schema)} ${verb} ${right} ON TABLES ${to} ${who}`;
}
