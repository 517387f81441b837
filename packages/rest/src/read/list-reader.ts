/** What reading a list needs beside its place. */
import type { Log } from "@tapline/sdk";
import type { CompiledStream } from "../define/compile.ts";
import type { Client } from "../http/client.ts";

/** What is the same for all lists of a stream. */
export interface ListReader {
  readonly client: Client;
  readonly stream: CompiledStream;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Called for each answer that was ignored. */
  readonly ignored: (status: number, request: string) => void;
}
