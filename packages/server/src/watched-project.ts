/** A project whose tapline.yml may change while it is served. */
import { statSync } from "node:fs";
import { openProject, type Project } from "@tapline/runner";
import { type Plan, plansOf } from "./plan.ts";

export interface WatchedProject {
  /** As it was last read without an error. */
  readonly project: Project;
  readonly plans: readonly Plan[];
  /** Reads it again if one of its files changed. @returns whether it did @throws what is wrong with it, once for each change */
  refresh(): boolean;
}

/** @throws what is wrong with its schedules and sensors */
export function watchProject(first: Project): WatchedProject {
  let project = first;
  let plans = plansOf(project);
  let stamp = stampOf(project);
  return {
    get project() {
      return project;
    },
    get plans() {
      return plans;
    },
    refresh() {
      const fresh = stampOf(project);
      if (fresh === stamp) return false;
      stamp = fresh;
      const changed = openProject(project.folder, project.processEnv);
      plans = plansOf(changed);
      project = changed;
      stamp = stampOf(project);
      return true;
    },
  };
}

/** Changes when one of the project's files does. */
function stampOf({ parsed }: Project): string {
  return parsed.files.map(({ path }) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0).join(" ");
}
