/** Runs the tap by the arguments of this process. Static imports, so that a bundle has only what it uses. */
import { runTap } from "@tapline/sdk";
import tap from "./index.ts";

await runTap(tap);
