/** Keeps the lease of what a run holds (a tick, the partition of a back-fill), until it is given back. */

export interface Holding {
  /** Takes it, or extends its lease. Resolves to whether this run holds it. */
  hold(): Promise<boolean>;
  leaseMs: number;
  /** Called when another run has taken it, because this one gave no sign of life for the length of its lease. */
  onLost(): void;
}

/** @returns what ends it */
export function keepHolding({ hold, leaseMs, onLost }: Holding): () => void {
  const timer = setInterval(() => {
    // A store that can't be reached for a while is no loss: the run itself notices when its state can't be saved.
    hold().then(
      (isHeld) => {
        if (!isHeld) onLost();
      },
      () => {},
    );
  }, leaseMs / 4);
  timer.unref();
  return () => clearInterval(timer);
}
