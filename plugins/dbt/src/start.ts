/** Runs the plugin by the arguments of this process. Static imports, so that a bundle has only what it uses. */
import { runUtility } from "@tapline/sdk";
import plugin, { work } from "./index.ts";

await runUtility(plugin, work);
