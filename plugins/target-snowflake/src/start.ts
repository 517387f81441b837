/** Runs the target by the arguments of this process. Static imports, so that a bundle has only what it uses. */
import { runTarget } from "@tapline/sdk";
import target from "./index.ts";

await runTarget(target);
