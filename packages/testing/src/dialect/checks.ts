/** All promises of a SQL dialect, in the order in which a broken one is best understood. */
import type { Check } from "../check.ts";
import { loadChecks } from "./load-checks.ts";
import { nameChecks } from "./name-checks.ts";
import type { DialectUnderTest } from "./subject.ts";
import { typeChecks } from "./type-checks.ts";

export const dialectChecks: readonly Check<DialectUnderTest>[] = [...loadChecks, ...nameChecks, ...typeChecks];
