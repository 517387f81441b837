/** Puts the packages of this build into a registry, as `npm publish` in each of them would. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "../repository.ts";
import { type LocalRegistry, npmrcOf } from "./local-registry.ts";
import { newReader } from "./reader.ts";

/** @param base the folder of the suite. @returns how many there are */
export function publishPacked(registry: LocalRegistry, base: string): number {
  const folder = mkdtempSync(join(base, "packed-"));
  execFileSync(process.execPath, [join(root, "packages/workspace/dist/pack.js"), folder], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
  });
  const { env } = newReader(base, undefined, npmrcOf(registry));
  const files = readdirSync(folder).filter((name) => name.endsWith(".tgz"));
  for (const file of files)
    execFileSync("npm", ["publish", join(folder, file), "--access", "public", "--silent"], {
      cwd: folder,
      env,
      stdio: ["ignore", "ignore", "inherit"],
    });
  return files.length;
}
