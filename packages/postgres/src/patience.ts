/** Tries again to connect while a server or a network is starting. Only connecting is repeated, because nothing was done before it. */
import { setTimeout as pause } from "node:timers/promises";
import { TaplineError } from "@tapline/protocol";

const mostTries = 3;
const firstPauseMs = 500;

/**
 * Runs `work` up to three times, with pauses of about half a second and a second and a half. Errors that waiting does
 * not fix are thrown at once.
 * @throws what the last try threw
 */
export async function patiently<T>(work: () => Promise<T>, pauseMs = firstPauseMs): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (tries === mostTries || !mayPass(error)) throw error;
      // Up to a half longer at random, so that loads that failed together don't try again together.
      await pause(pauseMs * 3 ** (tries - 1) * (1 + Math.random() / 2));
    }
  }
}

/** Nothing listens yet, there was no answer, or the server reports that it is starting (57P03). A full server is not asked again. */
function mayPass(error: unknown): boolean {
  if (!(error instanceof TaplineError)) return false;
  const { code, message = "" } = (error.cause ?? {}) as { code?: string; message?: string };
  if (error.code === "server_busy") return code === "57P03";
  return error.code === "host_down" && (code === "ECONNREFUSED" || code === "ETIMEDOUT" || /timeout expired/.test(message));
}
