/** Runs `tapline new` and what a plugin's author types after it, in a folder with the packages of this clone. */
import { spawn } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { type ReaderFolder, readerFolder } from "../pages/reader-folder.ts";
import { root } from "../repository.ts";

export interface AuthorFolder extends ReaderFolder {
  run(command: string, args: readonly string[], folder?: string): Promise<{ code: number | null; text: string }>;
}

/** As after `npm install`: the packages, and the tools of a new plugin, are in the folder above the plugin. */
export function authorFolder(): AuthorFolder {
  const reader = readerFolder();
  for (const tool of ["vitest", "typescript", "@types/node"]) {
    const link = join(reader.folder, "node_modules", tool);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(root, "node_modules", tool), link);
  }
  const programs = { tsc: "typescript/bin/tsc", vitest: "vitest/vitest.mjs" };
  for (const [name, path] of Object.entries(programs))
    symlinkSync(join(root, "node_modules", path), join(reader.folder, "node_modules/.bin", name));
  const run: AuthorFolder["run"] = (command, args, folder = "") => {
    const child = spawn(command, args, { cwd: join(reader.folder, folder), env: { ...reader.env, CI: "true" } });
    let text = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (piece) => {
        text += String(piece);
      });
    return new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => resolve({ code, text }));
    });
  };
  return { ...reader, run };
}
