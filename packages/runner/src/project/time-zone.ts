/** Names of time zones in tapline.yml. */
import { errors } from "../errors.ts";
import type { Path, Project } from "../model/project.ts";

/** @param path of the setting. @throws timezone_unknown */
export function checkTimeZone({ path: file, parsed }: Pick<Project, "path" | "parsed">, path: Path, name: string): void {
  try {
    new Intl.DateTimeFormat("en-US", { timeZone: name });
  } catch {
    throw errors.timezone_unknown({ place: path.join("."), name }, { file, ...parsed.locate(path) });
  }
}
