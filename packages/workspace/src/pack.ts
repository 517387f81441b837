/** `npm run pack DIR`: packs every package that is published into a folder, from which npm installs them without a registry. */
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { manifest, root, workspaces } from "./repository.ts";

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error("Name the folder for the packages: npm run pack ../tapline-packages");
  process.exit(2);
}
// npm starts this in the repository's folder; a relative path is relative to where the user is.
const destination = resolve(process.env.INIT_CWD ?? ".", folder);
mkdirSync(destination, { recursive: true });
const published = workspaces().filter((workspace) => manifest(workspace).private !== true);
const args = ["pack", "--silent", "--pack-destination", destination, ...published.flatMap((workspace) => ["--workspace", workspace])];
execFileSync("npm", args, { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
console.log(`${published.length} packages are in ${destination}. In a project: npm install ${folder.replace(/\/$/, "")}/*.tgz`);
