/** Where tables are, as a person writes it: raw.orders@warehouse, raw.*@warehouse:prod. And the comparisons that tapline.yml has. Pure. */
import { didYouMean } from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { Project } from "../model/project.ts";
import type { Comparison, VerifyEntry } from "../model/verify-schema.ts";
import { checkPluginName, environmentOf } from "../project/project.ts";

export interface Place {
  /** A table, a schema or a pattern of tables. */
  name: string;
  plugin: string;
  environment: string;
}

/** Two places whose tables are compared. */
export interface VerifyPair {
  here: Place;
  there: Place;
  comparison: Comparison;
  /** Changes for single tables, by their name on the first side. */
  tables?: Readonly<Record<string, Comparison>>;
}

/** @throws verify_place_malformed, plugin_unknown, environment_unknown */
export function readPlace(project: Project, text: string, environment?: string): Place {
  const at = text.lastIndexOf("@");
  const [plugin = "", own, ...rest] = text.slice(at + 1).split(":");
  if (at <= 0 || plugin === "" || own === "" || rest.length > 0) throw errors.verify_place_malformed({ text });
  return { name: text.slice(0, at), plugin: checkPluginName(project, plugin), environment: environmentOf(project, own ?? environment) };
}

/** Whether the word is a place and no name of a comparison. */
export const isPlace = (word: string): boolean => word.includes("@");

/** The comparisons of tapline.yml with these names; all where none is named. @throws verify_entry_unknown, verify_nothing, as `readPlace` */
export function pairsOf(project: Project, names: readonly string[], environment?: string): VerifyPair[] {
  const entries = project.parsed.file.verify ?? {};
  const known = Object.keys(entries);
  if (names.length === 0 && known.length === 0) throw errors.verify_nothing({});
  return (names.length === 0 ? known : names).map((name) => {
    const entry = Object.hasOwn(entries, name) ? entries[name] : undefined;
    if (entry === undefined) throw errors.verify_entry_unknown({ name, known, meant: didYouMean(name, known) });
    return pairOf(project, entry, environment);
  });
}

function pairOf(project: Project, { here, there, tables, ...comparison }: VerifyEntry, environment: string | undefined): VerifyPair {
  return {
    here: readPlace(project, here, environment),
    there: readPlace(project, there, environment),
    comparison,
    ...(tables !== undefined && { tables }),
  };
}
