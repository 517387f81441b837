/** What a plugin was installed from, for people. */
import type { LockedPlugin } from "../plugins/plugin-lock.ts";
import { readRequirements, samePythonName } from "../plugins/plugin-name.ts";
import type { Installing } from "./program.ts";

export interface Installed {
  name: string;
  /** "npm @tapline/tap-csv", "pip meltanolabs-tap-github", … */
  source: string;
  version: string | undefined;
}

export type How = Omit<Installing, "folder">;

/** The version is that of the package named first. */
export function installedPython({ name, pip }: { name: string; pip: string }, { packages }: LockedPlugin): Installed {
  const [first] = readRequirements(pip);
  const exact = packages.find((each) => first?.name !== undefined && samePythonName(each.split("==", 1)[0] ?? "", first.name));
  return { name, source: `pip ${pip}`, version: exact?.split("==")[1] };
}
