/** What a plugin was installed from, for people. */
import type { Project } from "../model/project.ts";
import type { LockedPlugin } from "../plugins/plugin-lock.ts";
import { readRequirements, samePythonName } from "../plugins/plugin-name.ts";
import type { Installing } from "./program.ts";

export interface Installed {
  name: string;
  /** "npm @tapline/tap-csv", "pip meltanolabs-tap-github", … */
  source: string;
  version: string | undefined;
}

/** How the person who installs is kept informed, and can stop it. */
export type How = Omit<Installing, "folder" | "processEnv">;

export function installingIn({ folder, processEnv }: Project, how: How): Installing {
  return { ...how, folder, processEnv };
}

/** The version is that of the first package. */
export function installedPython({ name, pip }: { name: string; pip: string }, { packages }: LockedPlugin): Installed {
  const [first] = readRequirements(pip);
  const exact = packages.find((each) => first?.name !== undefined && samePythonName(each.split("==", 1)[0] ?? "", first.name));
  return { name, source: `pip ${pip}`, version: exact?.split("==")[1] };
}
