/** Parses and checks a file of a project: tapline.yml, or one it includes. Each problem has its line and column. No I/O. */
import { errors } from "../errors.ts";
import type { FilePosition } from "../model/file-position.ts";
import type { ParsedFile } from "../model/project.ts";
import { includedSchema, type ProjectFile, projectSchema } from "../model/project-schema.ts";
import { checkForm, type Form } from "./check-form.ts";
import { parseYaml, type YamlFile } from "./yaml-file.ts";

/** @throws project_not_yaml, project_invalid (all problems at once) */
export function parseProject(text: string, path: string, form: "project" | "included" = "project"): ParsedFile {
  return checkProject(parseYaml(text, path), form);
}

/** @throws project_invalid (all problems at once) */
export function checkProject({ path, value, locate }: YamlFile, form: "project" | "included" = "project"): ParsedFile {
  const schema = form === "project" ? projectSchema : includedSchema;
  const found = [...checkForm(schema as Form, value)];
  if (found.length > 0) {
    // The position of the first is that of the error.
    const problems = found.map(({ problem, path: at }, index) => (index === 0 ? problem : `${problem}${positionText(locate(at))}`));
    throw errors.project_invalid({ problems }, { file: path, ...(found[0] === undefined ? {} : locate(found[0].path)) });
  }
  return { path, file: value as ProjectFile, locate };
}

function positionText(position: FilePosition): string {
  return position.line === undefined ? "" : ` (line ${position.line}, column ${position.offset})`;
}
