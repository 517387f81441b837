/** Opens a Meltano project as a project of tapline: its translation, in memory. Nothing in it is written. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import type { Project } from "../../model/project.ts";
import { checkProject } from "../project-file.ts";
import { combine, readText } from "../project-files.ts";
import { readMeltanoSource } from "./read-source.ts";
import { translate } from "./translate.ts";

/** @throws project_unreadable, project_not_yaml, project_invalid, include_outside */
export function openMeltano(folder: string, processEnv: NodeJS.ProcessEnv): Project {
  const path = join(folder, "meltano.yml");
  const source = readMeltanoSource(folder);
  const dotenv = join(folder, ".env");
  const variables = { ...(existsSync(dotenv) ? parseEnv(readText(dotenv)) : {}), ...processEnv };
  const { file, facts, locate } = translate(source, variables);
  const find: Parameters<typeof checkProject>[0]["locate"] = (...paths) => {
    for (const each of paths) {
      const place = locate(each);
      if (place.line !== undefined) return place;
    }
    return {};
  };
  const parsed = combine([checkProject({ path, value: file, locate: find })]);
  return { folder, path, parsed, variables, processEnv, meltano: facts };
}
