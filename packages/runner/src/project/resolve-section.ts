/** Replaces the references to variables, files and programs in a part of tapline.yml that belongs to no plugin. */
import { errors } from "../errors.ts";
import type { Project } from "../model/project.ts";
import { variablesIn } from "./project.ts";
import { fetchSecret } from "./secret-source.ts";
import { substituteVariables } from "./variables.ts";

export interface Resolved<T> {
  value: T;
  /** What the references stood for. Which of it is secret is not known, so all of it counts as secret. */
  secrets: string[];
}

/**
 * @param path where the value is in tapline.yml; an environment may have it too
 * @throws variable_missing, secret_file_unreadable, secret_command_failed, secret_reference_invalid
 */
export function resolveSection<T>(project: Project, environment: string, path: readonly string[], section: T): Resolved<T> {
  const { all } = variablesIn(project, environment);
  const place = (inner: readonly (string | number)[]): string => [...path, ...inner].join(".");
  const position = (inner: readonly (string | number)[]) => ({
    file: project.path,
    ...project.parsed.locate(["environments", environment, ...path, ...inner], [...path, ...inner]),
  });
  const { value, missing, used, fetched } = substituteVariables(section, {
    variable: (name) => all[name],
    fetch: (reference, inner) =>
      fetchSecret(reference, {
        folder: project.folder,
        place: place(inner),
        position: position(inner),
        environment: all as NodeJS.ProcessEnv,
      }),
  });
  const [first] = missing;
  if (first !== undefined) throw errors.variable_missing({ variable: first.variable, place: place(first.path) }, position(first.path));
  return { value, secrets: [...used.values(), ...fetched] };
}
