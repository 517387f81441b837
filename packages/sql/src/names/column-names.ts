/**
 * Which column of a table each property of a stream has: decided before any DDL, the same in every run. A column that could not get
 * its property's name has the property in its comment, and the next run finds it by that. Pure.
 */
import { fitName, type NameRules } from "./fit-name.ts";

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

/** For each property the name of its column, in the order of the properties. */
export function columnNames(properties: readonly string[], existing: readonly NamedColumn[], rules: NameRules): Map<string, string> {
  const { fold } = rules;
  const names = new Map<string, string>();
  const taken = new Set<string>();
  const take = (property: string, name: string): void => {
    names.set(property, name);
    taken.add(fold(name));
  };

  const owned = existing.map((column) => ({ ...column, owner: readComment(column.comment) }));
  for (const { name, owner } of owned)
    if (owner !== undefined && owner.type === undefined && properties.includes(owner.property)) take(owner.property, name);
  const free = owned.filter(({ owner }) => owner === undefined);
  const byName = new Set(free.map(({ name }) => name));
  for (const property of properties)
    if (!names.has(property) && byName.has(property) && !taken.has(fold(property))) take(property, property);
  const byFold = new Map(free.map(({ name }) => [fold(name), name]));
  for (const property of properties) {
    const name = byFold.get(fold(property));
    if (!names.has(property) && name !== undefined && !taken.has(fold(name))) take(property, name);
  }
  for (const { name } of existing) taken.add(fold(name));
  // Names that need no change are taken first, those of the metadata columns before all others.
  const rest = properties.filter((property) => !names.has(property));
  for (const property of rest.filter(isMetadata))
    take(
      property,
      fitName(property, rules, (name) => taken.has(name)),
    );
  const others = rest.filter((property) => !isMetadata(property));
  const plain = new Set(others.map(fold));
  for (const property of others) {
    const isOthers = (name: string): boolean => taken.has(name) || (name !== fold(property) && plain.has(name));
    take(property, fitName(property, rules, isOthers));
  }
  return new Map(properties.map((property) => [property, names.get(property) as string]));
}

const isMetadata = (property: string): boolean => property.startsWith("_sdc_");
