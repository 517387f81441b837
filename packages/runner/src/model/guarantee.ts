/** What a run can promise of its rows, exactly once or at least once, and why. Pure: the target's words in, an answer out. */
import { capabilities, hasCapability, type ReportedAbout } from "@tapline/protocol";

export interface Guarantee {
  exactlyOnce: boolean;
  reason: string;
}

export function keepsLedger(about: ReportedAbout | null): boolean {
  return hasCapability(about, capabilities.exactlyOnce);
}

/** Before a run: what the target can do, and what may be in the way. */
export function guaranteeOf(about: ReportedAbout | null): Guarantee {
  if (keepsLedger(about)) return { exactlyOnce: true, reason: kept };
  const reason =
    about === null ? "the target tells nothing of itself, so it keeps no ledger that is known here" : "the target keeps no ledger";
  return { exactlyOnce: false, reason };
}

/** After a run. `told` is what the target said of itself in it. */
export function guaranteeOfRun(
  about: ReportedAbout | null,
  told: { exactlyOnce: boolean; reason: string | undefined } | undefined,
): Guarantee {
  if (!keepsLedger(about)) return guaranteeOf(about);
  if (told === undefined) return { exactlyOnce: false, reason: "the target did not say whether it keeps its ledger" };
  return { exactlyOnce: told.exactlyOnce, reason: told.reason ?? (told.exactlyOnce ? kept : "the target did not say why") };
}

export function describeGuarantee({ exactlyOnce, reason }: Guarantee): string {
  return `${exactlyOnce ? "exactly once" : "at least once"}: ${reason}`;
}

const kept = "the target keeps its state with the rows, in one transaction";
