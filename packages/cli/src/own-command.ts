/** How to start this tapline again, as another process. */
import { fileURLToPath } from "node:url";

export const ownCommand: readonly [string, string] = [process.execPath, fileURLToPath(new URL("../bin/tapline.js", import.meta.url))];
