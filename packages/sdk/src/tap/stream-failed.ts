/** A stream that can't be read while others can: the others are read, and the run ends failed, naming all that failed. */
import { TaplineError } from "@tapline/protocol";
import { errors } from "../errors.ts";

export class StreamFailed extends Error {
  constructor(cause: unknown) {
    super("a stream can't be read", { cause });
  }
}

/**
 * Throw it from `read` where only this stream can't be read, such as a table that the role may not see. Rows that were yielded before are
 * sent, and the stream keeps its last checkpoint. The run reads the other streams and then ends with `streams_failed`.
 * @example throw streamFailed(error);
 */
export function streamFailed(cause: unknown): StreamFailed {
  return new StreamFailed(cause);
}

export interface FailedStream {
  stream: string;
  error: TaplineError;
}

/** The error of a run in which these streams failed: class, recovery and hint are those of the first. */
export function failureOf(failed: readonly [FailedStream, ...FailedStream[]], of: number): TaplineError {
  const [{ stream, error: first }] = failed;
  const failures = failed.map(({ stream: name, error }) => ({ stream: name, message: error.message }));
  const { code, message, hint } = errors.streams_failed({ failures, of, hint: first.hint });
  const { class: errorClass, recovery, position } = first;
  return new TaplineError({ code, message, hint, class: errorClass, recovery, position: { ...position, stream }, cause: first });
}
