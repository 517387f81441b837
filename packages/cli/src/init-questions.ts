/** What `tapline init` asks. */
import type { ProposedStream } from "@tapline/runner";

/** Each rejects with `init_cancelled` where the person gives up. */
export interface Questions {
  /** "": a small sample. `check` throws for what does not exist. */
  source(check: (text: string) => void): Promise<string>;
  /** `check` throws for what is no address. */
  database(proposed: string, check: (text: string) => void): Promise<string>;
  /** "": none. */
  password(address: string): Promise<string>;
  /** `check` throws for keys that are no columns. */
  keys(stream: ProposedStream, check: (keys: readonly string[]) => void): Promise<string[]>;
  agrees(text: string): Promise<boolean>;
}
