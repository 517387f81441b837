/** Errors of the database name the table, not the stream. The stream is added here, where both are known. */
import { TaplineError, withPosition } from "@tapline/sdk";

/** The error with the stream in its position; errors of the connection, and others than TaplineError, unchanged. */
export function ofStream(error: unknown, stream: string): unknown {
  if (!(error instanceof TaplineError) || error.class === "connection" || error.position.stream !== undefined) return error;
  return withPosition(error, { stream });
}

/** Does the work; errors it throws have the stream in their position. */
export async function forStream<T>(stream: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw ofStream(error, stream);
  }
}
