/** Folders of plugins that were installed beside tapline itself, for projects without a node_modules folder. */
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { binFoldersAbove } from "@tapline/runner";

export const ownBinFolders: readonly string[] = binFoldersAbove(dirname(fileURLToPath(import.meta.url)));
