export { type Check, failures } from "./check.ts";
export { ownCommand } from "./command.ts";
export { describeTap, describeTarget } from "./describe.ts";
export { assertRows } from "./rows.ts";
export { tapChecks } from "./tap/checks.ts";
export type { TapUnderTest } from "./tap/subject.ts";
export { targetChecks } from "./target/checks.ts";
export type { StoredRow, TargetUnderTest } from "./target/subject.ts";
