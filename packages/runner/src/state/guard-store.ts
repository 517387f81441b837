/** What the system or SQLite refuses, such as a write to a full disk, becomes an error with a hint. */
import { TaplineError } from "@tapline/protocol";
import { errors } from "../errors.ts";

/** Runs `work` on the store at `path`. @throws store_unusable, and errors of tapline as they are */
export function guardStore<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof TaplineError) throw error;
    throw errors.store_unusable({ path, reason: (error as Error).message }, {}, error);
  }
}
