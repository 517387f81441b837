/** Runs the tap by the arguments of this process. Static imports, so that a bundle has only what it uses. */
import { keepYoungMemorySmall, runTap } from "@tapline/sdk";
import tap from "./index.ts";

keepYoungMemorySmall();
await runTap(tap);
