/**
 * Which column of a table each property of a stream has: decided before any DDL, the same in every run. A column that could not get
 * its property's name has the property in its comment, and the next run finds it by that. Pure.
 */
import { fitName, type NameRules } from "./fit-name.ts";
import { foldCase, type NameCase, otherCase, spellName } from "./name-case.ts";

export interface NamedColumn {
  name: string;
  comment?: string | undefined;
}

/** How comments start that name the property of a column. */
export const propertyCommentStart = "tapline: property ";

/** The comment of a column that could not get its property's name, or that holds only the property's values of one type. */
export function propertyComment(property: string, type?: string): string {
  return `${propertyCommentStart}${JSON.stringify(property)}${type === undefined ? "" : ` as ${type}`}`;
}

/** The property that a comment names, and the type of its values where it has several columns; undefined for other comments. */
export function readComment(comment: string | undefined): { property: string; type: string | undefined } | undefined {
  if (!comment?.startsWith(propertyCommentStart)) return undefined;
  const match = /^("(?:[^"\\]|\\.)*")(?: as (.+))?$/s.exec(comment.slice(propertyCommentStart.length));
  if (match === null) return undefined;
  return { property: JSON.parse(match[1] as string) as string, type: match[2] };
}

export interface ColumnNaming {
  nameCase?: NameCase;
  /** Others made the table: its columns may differ from the properties in case. */
  isOthers?: boolean;
}

/** Why a property has no column. */
export type NameFault =
  /** Two properties differ from the column only in case. */
  | { kind: "shared"; column: string; first: string; second: string }
  /** Several columns differ from the property only in case. */
  | { kind: "ambiguous"; property: string; columns: string[] }
  /** The property's column was named under the other spelling. */
  | { kind: "respelled"; property: string; column: string; wished: string };

/** For each property the name of its column, in the order of the properties. */
export function columnNames(
  properties: readonly string[],
  existing: readonly NamedColumn[],
  rules: NameRules,
  naming: ColumnNaming = {},
): Map<string, string> {
  return nameColumns(properties, existing, rules, naming).names;
}

/**
 * In this order: the column whose comment names the property; the property's name as it is to be spelled; in tables of others a column
 * that differs from it only in case; a new column, shortened and with a hash where the database can't have the name.
 */
export function nameColumns(
  properties: readonly string[],
  existing: readonly NamedColumn[],
  rules: NameRules,
  { nameCase = "as_is", isOthers = false }: ColumnNaming,
): { names: Map<string, string>; fault: NameFault | undefined } {
  const { fold } = rules;
  const wishes = new Map(properties.map((property) => [property, spellName(property, nameCase)]));
  const wishOf = (property: string): string => wishes.get(property) as string;
  const names = new Map<string, string>();
  /** Property by folded column name. */
  const taken = new Map<string, string>();
  let fault: NameFault | undefined;
  const take = (property: string, name: string): void => {
    names.set(property, name);
    taken.set(fold(name), property);
  };

  const owned = existing.map((column) => ({ ...column, owner: readComment(column.comment) }));
  for (const { name, owner } of owned)
    if (owner !== undefined && owner.type === undefined && wishes.has(owner.property)) take(owner.property, name);
  if (!isOthers) fault ??= respelled([...names], wishOf, rules, nameCase);
  const free = owned.filter(({ owner }) => owner === undefined).map(({ name }) => name);
  const byName = new Set(free);
  for (const property of properties)
    if (!names.has(property) && byName.has(wishOf(property)) && !taken.has(fold(wishOf(property)))) take(property, wishOf(property));
  const exact = new Set(names.keys());
  for (const property of properties) {
    if (names.has(property)) continue;
    const wish = wishOf(property);
    if (!isOthers && wish !== property && byName.has(property)) fault ??= { kind: "respelled", property, column: property, wished: wish };
    const similar = isOthers ? [wish, property].map(foldCase) : [];
    const columns = free.filter((name) => fold(name) === fold(wish) || similar.includes(foldCase(name)));
    const [column, another] = columns.filter((name) => !taken.has(fold(name)));
    if (column !== undefined && another === undefined) take(property, column);
    else if (column !== undefined) fault ??= { kind: "ambiguous", property, columns };
    else if (isOthers) fault ??= shared(property, columns, (name) => taken.get(fold(name)), exact);
  }
  if (isOthers) fault ??= sharedByComment(properties, names, wishOf, taken, rules);
  for (const { name } of existing) if (!taken.has(fold(name))) taken.set(fold(name), "");
  // Names that need no change are taken first, those of the metadata columns before all others.
  const rest = properties.filter((property) => !names.has(property));
  const fit = (property: string, isTaken: (name: string) => boolean): void =>
    take(property, fitName(wishOf(property), rules, isTaken, "", property));
  for (const property of rest.filter(isMetadata)) fit(property, (name) => taken.has(name));
  const others = rest.filter((property) => !isMetadata(property));
  const plain = new Set(others.map((property) => fold(wishOf(property))));
  for (const property of others) fit(property, (name) => taken.has(name) || (name !== fold(wishOf(property)) && plain.has(name)));
  return { names: new Map(properties.map((property) => [property, names.get(property) as string])), fault };
}

const isMetadata = (property: string): boolean => property.startsWith("_sdc_");

/** A column that a load named under the other spelling. */
function respelled(
  named: readonly (readonly [property: string, column: string])[],
  wishOf: (property: string) => string,
  rules: NameRules,
  nameCase: NameCase,
): NameFault | undefined {
  for (const [property, column] of named) {
    const [wished, other] = [wishOf(property), spellName(property, otherCase(nameCase))];
    const wasNamed = (name: string): boolean => column === fitName(name, rules, undefined, "", property);
    if (wished !== other && !wasNamed(wished) && wasNamed(other)) return { kind: "respelled", property, column, wished };
  }
  return undefined;
}

/** A property whose column another one has that does not have its name either. */
function shared(
  second: string,
  columns: readonly string[],
  ownerOf: (column: string) => string | undefined,
  exact: ReadonlySet<string>,
): NameFault | undefined {
  const column = columns.find((name) => !exact.has(ownerOf(name) as string));
  return column === undefined ? undefined : { kind: "shared", column, first: ownerOf(column) as string, second };
}

/** A property whose name another one's column has, which differs from both only in case. */
function sharedByComment(
  properties: readonly string[],
  names: ReadonlyMap<string, string>,
  wishOf: (property: string) => string,
  taken: ReadonlyMap<string, string>,
  { fold }: NameRules,
): NameFault | undefined {
  for (const second of properties) {
    const first = taken.get(fold(wishOf(second)));
    if (names.has(second) || first === undefined || foldCase(wishOf(first)) !== foldCase(wishOf(second))) continue;
    // They are two names to the database: the first one only got this column because others had made it.
    if (fold(first) !== fold(second)) return { kind: "shared", column: names.get(first) as string, first, second };
  }
  return undefined;
}
