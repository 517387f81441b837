/** All checks of a target. The first one that fails explains most. */
import type { Check } from "../check.ts";
import { choiceChecks } from "./choice-checks.ts";
import { contentChecks } from "./content-checks.ts";
import { deliveryChecks } from "./delivery-checks.ts";
import { fileChecks } from "./file-checks.ts";
import { processChecks } from "./process-checks.ts";
import { queryChecks } from "./query-checks.ts";
import type { TargetUnderTest } from "./subject.ts";

export const targetChecks: readonly Check<TargetUnderTest>[] = [
  ...contentChecks,
  ...deliveryChecks,
  ...fileChecks,
  ...choiceChecks,
  ...processChecks,
  ...queryChecks,
];
