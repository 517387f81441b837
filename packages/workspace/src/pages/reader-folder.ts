/** Gives a reader's folder the packages of this clone, as `npm install` of the published ones would. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { manifest, root, workspaces } from "../repository.ts";

export interface ReaderFolder extends Disposable {
  folder: string;
  /** Variables of the reader's shell. The executables of the clone are on PATH, and HOME is an empty folder. */
  env: Record<string, string>;
}

/** A fresh temporary folder. It is deleted when it is disposed. */
export function readerFolder(): ReaderFolder {
  const base = mkdtempSync(join(tmpdir(), "tapline-page-"));
  const [home, folder] = [join(base, "home"), join(base, "shop")];
  for (const each of [home, folder]) mkdirSync(each);
  linkPackages(folder);
  const env = {
    PATH: `${join(root, "node_modules/.bin")}:${process.env.PATH}`,
    HOME: home,
    LANG: "C.UTF-8",
    TZ: "UTC",
    NO_COLOR: "1",
    CLONE: root.replace(/\/$/, ""),
    // As published: a bundle starts faster.
    ...(process.env.TAPLINE_BUNDLES === undefined ? {} : { TAPLINE_BUNDLES: process.env.TAPLINE_BUNDLES }),
  };
  return { folder, env, [Symbol.dispose]: () => rmSync(base, { recursive: true, force: true }) };
}

function linkPackages(folder: string): void {
  const modules = join(folder, "node_modules");
  mkdirSync(join(modules, ".bin"), { recursive: true });
  for (const workspace of workspaces()) {
    const { name, bin = {}, private: isPrivate } = manifest(workspace);
    if (isPrivate === true) continue;
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(root, workspace), join(modules, name));
    for (const [command, path] of Object.entries(bin)) symlinkSync(join(root, workspace, path), join(modules, ".bin", command));
  }
}
