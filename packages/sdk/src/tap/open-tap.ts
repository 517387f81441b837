/** Opens a tap: one that has `open`, and one that only has `streams`. */
import type { Static, TObject } from "@tapline/protocol";
import type { Tap } from "./define-tap.ts";
import type { OpenContext, TapSession } from "./session.ts";

/**
 * The streams of a tap, and what is to be closed after them. @throws what the tap's discovery throws
 * @example await using session = await openTap(tap, config);
 * discover(session.streams);
 */
export async function openTap<C extends TObject>(
  tap: Tap<C>,
  config: Static<C>,
  { wanted, signal = new AbortController().signal, log = () => {}, ...rest }: Partial<OpenContext> = {},
): Promise<TapSession & AsyncDisposable> {
  const session =
    tap.open === undefined ? { streams: await tap.streams(config, wanted, log) } : await tap.open(config, { wanted, signal, log, ...rest });
  return { ...session, [Symbol.asyncDispose]: async () => session[Symbol.asyncDispose]?.() };
}
