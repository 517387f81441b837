/** A project that exists only while one command runs: its settings are in memory, and its folder is deleted afterwards. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Project } from "../model/project.ts";
import type { ProjectFile } from "../model/project-schema.ts";
import { parseProject } from "../project/project-file.ts";
import { combine } from "../project/project-files.ts";

export interface BriefProject extends Disposable {
  folder: string;
  /** The project with these plugins. Variables are those of `base`. */
  with(plugins: NonNullable<ProjectFile["plugins"]>): Project;
}

export function makeBriefProject({ variables, processEnv }: Pick<Project, "variables" | "processEnv">): BriefProject {
  const folder = mkdtempSync(join(tmpdir(), "tapline-load-"));
  const path = join(folder, "tapline.yml");
  return {
    folder,
    with(plugins) {
      const parsed = combine([parseProject(JSON.stringify({ plugins }), path)]);
      // Nobody can look at a line of a file that does not exist.
      return { folder, path, parsed: { ...parsed, locate: () => ({}) }, variables, processEnv };
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
