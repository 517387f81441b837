/** All promises of a target, in the order in which a broken one is best understood. */
import type { Check } from "../check.ts";
import { choiceChecks } from "./choice-checks.ts";
import { contentChecks } from "./content-checks.ts";
import { deliveryChecks } from "./delivery-checks.ts";
import { processChecks } from "./process-checks.ts";
import type { TargetUnderTest } from "./subject.ts";

export const targetChecks: readonly Check<TargetUnderTest>[] = [...contentChecks, ...deliveryChecks, ...choiceChecks, ...processChecks];
