/** States in the form that `meltano state import` reads. Pure. */
import type { Project } from "../model/project.ts";
import { makeStateId } from "../model/state-id.ts";
import { environmentOf } from "../project/project.ts";
import type { StoredState } from "../state/store.ts";

/** JSON text with every digit. States of schedules of the older form get the schedule's name, as Meltano has them. */
export function inMeltanoForm(project: Project, states: readonly StoredState[]): string {
  const older = Object.entries(project.meltano?.stateIds ?? {}).map(([name, { tap, target, suffix }]): [string, string] => [
    makeStateId({ environment: environmentOf(project), tap, target, suffix: suffix === "" ? undefined : suffix }),
    name,
  ]);
  const names = new Map(older);
  if (states.length === 0) return "{}\n";
  const entries = states.map(({ stateId, value }) => {
    const id = names.get(stateId) ?? stateId;
    return `  ${JSON.stringify(id)}: {"completed": {"singer_state": ${value}}, "partial": {}}`;
  });
  return `{\n${entries.join(",\n")}\n}\n`;
}
