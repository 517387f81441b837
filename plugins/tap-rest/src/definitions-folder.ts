/** Where the descriptions are that come with the tap: beside the folder of this file, in a clone and in a bundle. */
import { fileURLToPath } from "node:url";

export const definitionsFolder = fileURLToPath(new URL("../definitions", import.meta.url));
