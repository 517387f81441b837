/** What a run can promise about its rows, exactly once or at least once, and why. Pure. */
import { capabilities, hasCapability, type ReportedAbout } from "@tapline/protocol";

export interface Guarantee {
  exactlyOnce: boolean;
  reason: string;
}

/** Whether the target writes the state to its database in the transaction that commits its rows. */
export function keepsLedger(about: ReportedAbout | null): boolean {
  return hasCapability(about, capabilities.exactlyOnce);
}

/** Whether the target reports at every end what it loaded, so that a stream without counts had no rows. A killed target reports nothing. */
export function reportsLoad(about: ReportedAbout | null): boolean {
  return hasCapability(about, capabilities.controlChannel);
}

/** Before a run: what the target can do by its `--about`. */
export function guaranteeOf(about: ReportedAbout | null): Guarantee {
  if (keepsLedger(about)) return { exactlyOnce: true, reason: kept };
  const reason = about === null ? "the target does not answer to --about, so no ledger is known" : "the target keeps no ledger";
  return { exactlyOnce: false, reason };
}

/** What a target reported during a run; `reason` is undefined where it gave none. */
export interface ReportedGuarantee {
  exactlyOnce: boolean;
  reason: string | undefined;
}

/** After a run. `reported` is undefined where the target reported nothing. */
export function guaranteeOfRun(about: ReportedAbout | null, reported: ReportedGuarantee | undefined): Guarantee {
  if (!keepsLedger(about)) return guaranteeOf(about);
  if (reported === undefined) return { exactlyOnce: false, reason: "the target did not report whether it keeps its ledger" };
  const { exactlyOnce, reason } = reported;
  return { exactlyOnce, reason: reason ?? (exactlyOnce ? kept : "the target did not report why") };
}

/** Why a run that continues did not check that the earlier rows are still there; null: it did. */
export function uncheckedBecause(about: ReportedAbout | null, reported: ReportedGuarantee | undefined): string | null {
  const { exactlyOnce, reason } = guaranteeOfRun(about, reported);
  if (!exactlyOnce) return reason;
  return hasCapability(about, capabilities.continues) ? null : "this version of the target does not compare its ledger";
}

export function describeGuarantee({ exactlyOnce, reason }: Guarantee): string {
  return `${exactlyOnce ? "exactly once" : "at least once"}: ${reason}`;
}

const kept = "the target keeps its state with the rows, in one transaction";
