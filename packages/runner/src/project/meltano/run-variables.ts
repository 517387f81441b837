/** The variables of a Meltano project when it runs: those of the project, and layers of `env`, each of which may refer to those before it. */
import type { Project } from "../../model/project.ts";
import { substituteVariables } from "../variables.ts";

type Variables = Readonly<Record<string, string | undefined>>;

export function expandLayers(first: Variables, ...layers: readonly Readonly<Record<string, string>>[]): Record<string, string | undefined> {
  let all: Record<string, string | undefined> = { ...first };
  for (const layer of layers) {
    const before = all;
    const { value } = substituteVariables(layer, { variable: (name) => before[name], fetch: () => "" }, { isLenient: true });
    all = { ...before, ...value };
  }
  return all;
}

/** Of the project: where it is, and the environment. */
export function projectVariables({ folder }: Pick<Project, "folder">, environment: string): Record<string, string> {
  return { MELTANO_PROJECT_ROOT: folder, MELTANO_ENVIRONMENT: environment, MELTANO_SYS_DIR_ROOT: `${folder}/.meltano` };
}
