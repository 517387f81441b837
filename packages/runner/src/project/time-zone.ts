/** Names of time zones, in tapline.yml and from the command line. */
import { errors } from "../errors.ts";
import type { Path, Project } from "../model/project.ts";

/** @param path of the setting. @throws timezone_unknown */
export function checkTimeZone({ path: file, parsed }: Pick<Project, "path" | "parsed">, path: Path, name: string): void {
  if (!isTimeZone(name)) throw errors.timezone_unknown({ place: path.join("."), name }, { file, ...parsed.locate(path) });
}

export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en-US", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
