/** State ids of Meltano and of tapline. Pure. */
import type { Project } from "../../model/project.ts";
import { makeStateId } from "../../model/state-id.ts";
import { environmentOf } from "../../project/project.ts";

/** Meltano's ids have the form of ours, but for schedules of the older form. undefined: it is the id of something else, such as `meltano el`. */
export function idInTapline(project: Project, id: string): string | undefined {
  const older = project.meltano?.stateIds ?? {};
  if (Object.hasOwn(older, id)) {
    const { tap, target, suffix } = older[id] as (typeof older)[string];
    return makeStateId({ environment: environmentOf(project), tap, target, suffix: suffix === "" ? undefined : suffix });
  }
  return /^[A-Za-z0-9][A-Za-z0-9._-]*:[A-Za-z0-9][A-Za-z0-9._-]*-to-[A-Za-z0-9][A-Za-z0-9._-]*(:[A-Za-z0-9][A-Za-z0-9._-]*)?$/.test(id)
    ? id
    : undefined;
}
