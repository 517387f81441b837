/** All promises of a tap, in the order in which a broken one is best understood. */
import type { Check } from "../check.ts";
import { contentChecks } from "./content-checks.ts";
import { processChecks } from "./process-checks.ts";
import type { TapUnderTest } from "./subject.ts";

export const tapChecks: readonly Check<TapUnderTest>[] = [...contentChecks, ...processChecks];
