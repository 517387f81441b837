/** Renews the lease of a run in the store while the run is alive, and reports when the run has lost it. */
import { TaplineError } from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { RunKey, Store } from "./store.ts";

/** `lost` is called when another run took over, or when the store could not be reached for the length of the lease. */
export function holdLease(store: Store, run: RunKey, lost: (error: TaplineError) => void): Disposable {
  let renewed = Date.now();
  let isBusy = false;
  const beat = async (): Promise<void> => {
    if (isBusy) return;
    isBusy = true;
    const asked = Date.now();
    try {
      await store.beat(run);
      renewed = asked;
    } catch (error) {
      if (!(error instanceof TaplineError)) throw error;
      if (error.code === "lease_lost") lost(error);
      else if (Date.now() - renewed > store.leaseMs) lost(errors.lease_lost({ ...run, by: undefined }, {}, error));
    } finally {
      isBusy = false;
    }
  };
  const timer = setInterval(() => void beat(), store.leaseMs / 4);
  timer.unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
