/** Which file a failure is about. Pure. */
import type { Failure } from "../model/failure.ts";
import type { Claim } from "./file-facts.ts";

/** Whether a position names the file, or a member of it. */
export const namesFile = (path: string, named: string): boolean => named === path || named.startsWith(`${path}/`);

/** undefined: none, or it is not known which. A failure that may pass, or that settings cause, is no fault of a file. */
export function blamed(failure: Failure | null, claims: readonly Claim[]): Claim | undefined {
  if (failure === null || failure.class !== "data") return undefined;
  const { file, stream } = failure.position;
  if (file !== undefined) return claims.find(({ path }) => namesFile(path, file));
  // A target knows the stream alone.
  const possible = claims.filter(({ streams }) => stream !== undefined && streams.includes(stream));
  return possible.length === 1 ? possible[0] : undefined;
}
