/** What reading a list needs beside its place. */
import type { Log, ReadContext } from "@tapline/sdk";
import type { CompiledStream } from "../define/compile.ts";
import type { Client } from "../http/client.ts";

/** What is the same for all lists of a stream. */
export interface ListReader {
  readonly client: Client;
  readonly stream: CompiledStream;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Set where rows may be sent as they came, and nobody else asks for them. */
  readonly context?: ReadContext | undefined;
  /** Called for each answer that was ignored. */
  readonly ignored: (status: number, request: string) => void;
}
