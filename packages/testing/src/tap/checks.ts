/** All checks of a tap. The first one that fails explains most. */
import type { Check } from "../check.ts";
import { contentChecks } from "./content-checks.ts";
import { processChecks } from "./process-checks.ts";
import type { TapUnderTest } from "./subject.ts";

export const tapChecks: readonly Check<TapUnderTest>[] = [...contentChecks, ...processChecks];
