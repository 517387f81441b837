/** Errors of the database know the table they were about, and not the stream: it is told here, where both are known. */
import { TaplineError, withPosition } from "@tapline/sdk";

/** The error with the stream as its place; any other one, and one of the connection, as it is. */
export function ofStream(error: unknown, stream: string): unknown {
  if (!(error instanceof TaplineError) || error.class === "connection" || error.position.stream !== undefined) return error;
  return withPosition(error, { stream });
}

/** Does the work; what it throws has the stream as its place. */
export async function forStream<T>(stream: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw ofStream(error, stream);
  }
}
