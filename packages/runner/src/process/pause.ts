/** Two ways to wait. */
import type { StopSource } from "../model/stop.ts";

/** Does not keep the process alive by itself. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}

/** Ends early when the run is asked to stop. Keeps the process alive: between two tries there may be nothing else that does. */
export async function waitUnlessStopped(ms: number, stop: StopSource): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const waited = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([stop.asked, waited]);
  clearTimeout(timer);
}
