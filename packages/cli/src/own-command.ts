/** The program that runs now, for a process of its own that runs tapline again. */
import { fileURLToPath } from "node:url";

export const ownCommand: readonly [string, string] = [process.execPath, fileURLToPath(new URL("../bin/tapline.js", import.meta.url))];
