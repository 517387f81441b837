/** Turns the signals this process gets into a wish to stop, which the runner passes to each plugin once. */
import { createStopSwitch, type StopSwitch } from "@tapline/runner";

let caught: StopSwitch | undefined;

export function catchSignals(): StopSwitch {
  const stop = createStopSwitch();
  caught = stop;
  process.on("SIGINT", () => stop.stop("SIGINT"));
  process.on("SIGTERM", () => stop.stop("SIGTERM"));
  // The terminal went away: plugins in groups of their own would live on.
  process.on("SIGHUP", () => stop.stop("SIGTERM"));
  return stop;
}

/** What this process was told to stop with. */
export const caughtSignal = (): "SIGINT" | "SIGTERM" => (caught?.signal === "SIGINT" ? "SIGINT" : "SIGTERM");
