/** Which tap and which target of the project a migration is between. Pure. */
import { didYouMean } from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { Project } from "../model/project.ts";
import { kindOf } from "../project/plugin-entry.ts";
import { pluginNames } from "../project/project.ts";

export interface Sides {
  /** A tap. */
  source: string;
  /** A target. */
  target: string;
}

/** `postgres` stands for the plugin of that name, else for tap-postgres; for a target alike. @throws migrate_side_unknown */
export function chooseSides(project: Project, { source, target }: Sides): Sides {
  return { source: sideOf(project, source, "tap"), target: sideOf(project, target, "target") };
}

/** @throws migrate_side_unknown */
export const chooseSource = (project: Project, name: string): string => sideOf(project, name, "tap");

function sideOf(project: Project, name: string, kind: "tap" | "target"): string {
  const names = pluginNames(project).filter((each) => kindOf(project.parsed, each) === kind);
  const found = [name, `${kind}-${name}`].find((each) => names.includes(each));
  if (found !== undefined) return found;
  throw errors.migrate_side_unknown({ name, kind, known: names, meant: didYouMean(name, names) }, { file: project.path });
}
