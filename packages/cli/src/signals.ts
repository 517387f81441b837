/** Turns the signals of this process into a stop request, which the runner passes to each plugin once. */
import { createStopSwitch, type StopSwitch } from "@tapline/runner";

let caught: StopSwitch | undefined;

export function catchSignals(): StopSwitch {
  const stop = createStopSwitch();
  caught = stop;
  process.on("SIGINT", () => stop.stop("SIGINT"));
  process.on("SIGTERM", () => stop.stop("SIGTERM"));
  // The terminal was closed. Plugins have their own process groups, so they would live on.
  process.on("SIGHUP", () => stop.stop("SIGTERM"));
  return stop;
}

/** Signals end this process again, as they do before `catchSignals`: nothing that would have to be stopped is left. */
export function releaseSignals(): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.removeAllListeners(signal);
}

/** The signal that this process was stopped with. */
export const caughtSignal = (): "SIGINT" | "SIGTERM" => (caught?.signal === "SIGINT" ? "SIGINT" : "SIGTERM");
