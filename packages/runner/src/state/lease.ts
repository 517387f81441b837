/** Tells the store now and then that a run is alive, and the run when the store does not take it for that any more. */
import { TaplineError } from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { RunKey, Store } from "./store.ts";

/** A store that can't be reached for a while is no loss yet; after the length of the lease another machine may have taken over. */
export function holdLease(store: Store, run: RunKey, lost: (error: TaplineError) => void): Disposable {
  let heard = Date.now();
  let isBusy = false;
  const beat = async (): Promise<void> => {
    if (isBusy) return;
    isBusy = true;
    const asked = Date.now();
    try {
      await store.beat(run);
      heard = asked;
    } catch (error) {
      if (!(error instanceof TaplineError)) throw error;
      if (error.code === "lease_lost") lost(error);
      else if (Date.now() - heard > store.leaseMs) lost(errors.lease_lost({ ...run, by: undefined }, {}, error));
    } finally {
      isBusy = false;
    }
  };
  const timer = setInterval(() => void beat(), store.leaseMs / 4);
  timer.unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
