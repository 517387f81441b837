/** A target with the settings that an address of a person gives it, such as `duckdb:shop.duckdb`. */

import type { Project } from "../model/project.ts";
import { pluginNames } from "../project/project.ts";
import { settingOf } from "./address.ts";
import type { BriefProject } from "./brief-project.ts";
import { expandAddress } from "./expand-address.ts";
import { proposeTarget } from "./propose-source.ts";

export interface TargetRequest {
  address: string;
  /** What relative paths are relative to. */
  folder: string;
  /** The target that a person chose; undefined: the one that opens the address. */
  target?: string | undefined;
  binFolders: readonly string[];
}

/** @throws address_unknown, address_ambiguous, variable_missing */
export async function configureTarget(base: Project, request: TargetRequest): Promise<{ target: string; config: Record<string, unknown> }> {
  const { target, opening, address } = await proposeTarget(base, request);
  return { target, config: { [opening.setting]: expandAddress(settingOf(opening, address, request.folder), base.variables) } };
}

/** A project in memory that has only the target. @throws as `configureTarget` */
export async function projectOfTarget(
  brief: BriefProject,
  base: Project,
  request: TargetRequest,
): Promise<{ project: Project; target: string }> {
  const { target, config } = await configureTarget(base, request);
  return { project: brief.with({ [target]: { config } }), target };
}

/** Whether `--target` is an address and not the name of a plugin of the project. */
export function isTargetAddress(project: Project, text: string): boolean {
  return /[:/.]/.test(text) && !pluginNames(project).includes(text);
}
