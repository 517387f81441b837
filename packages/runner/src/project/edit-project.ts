/** Changes a plugin's entry in the file of the project that contains it. */

import { randomBytes } from "node:crypto";
import { renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { didYouMean } from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { Path, Project } from "../model/project.ts";
import { editText } from "./edit-file.ts";
import { parseProject } from "./project-file.ts";
import { readText } from "./project-files.ts";

export interface EntryChange {
  plugin: string;
  /** The path inside the entry, such as ["config", "path"]. */
  path: Path;
  /** undefined deletes it. */
  value: unknown;
  /** The environment whose entry is changed. Default: the plugin's own entry. */
  environment?: string | undefined;
}

/** Checks the changed file, writes it, and returns its path. @throws meltano_project, edit_impossible, project_invalid */
export function changeEntry(project: Project, { plugin, path, value, environment }: EntryChange): string {
  refuseMeltano(project);
  const above = [...(environment === undefined ? [] : ["environments", environment]), "plugins", plugin];
  const holder = project.parsed.files.find((file) => file.locate(above).line !== undefined) ?? project.parsed.files[0];
  const file = holder?.path ?? project.path;
  const edited = editText(readText(file), [...above, ...path], value);
  parseProject(edited, file, file === project.path ? "project" : "included");
  replaceFile(file, edited);
  return file;
}

/** Deletes a setting where it is set. @throws setting_not_set and as `changeEntry` */
export function unsetSetting(
  project: Project,
  { plugin, name, environment }: { plugin: string; name: string; environment?: string | undefined },
): string {
  const path = ["config", ...name.split(".")];
  const above = [...(environment === undefined ? [] : ["environments", environment]), "plugins", plugin];
  if (project.parsed.locate([...above, ...path]).line === undefined) {
    const { file } = project.parsed;
    const plugins = environment === undefined ? file.plugins : file.environments?.[environment]?.plugins;
    const known = Object.keys(plugins?.[plugin]?.config ?? {});
    throw errors.setting_not_set({ plugin, name, known, meant: didYouMean(name, known) });
  }
  return changeEntry(project, { plugin, path, value: undefined, environment });
}

/** @throws meltano_project */
export function refuseMeltano({ meltano, path }: Project): void {
  if (meltano !== undefined) throw errors.meltano_project({ file: "meltano.yml" }, { file: path });
}

/** At every moment either the old file or the new one exists. */
export function replaceFile(path: string, text: string): void {
  const fresh = `${path}.${randomBytes(6).toString("hex")}`;
  try {
    writeFileSync(fresh, text, { mode: statSync(path).mode });
    renameSync(fresh, path);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw errors.edit_impossible({ place: path, reason: (error as Error).message }, {}, error);
  }
}
