/** What a person typed after `tapline run`, as it is kept in the history for `tapline runs retry`. */

export interface RunFlags {
  environment?: string | undefined;
  select?: string[] | undefined;
  exclude?: string[] | undefined;
  replace?: boolean | readonly string[];
  "from-ledger"?: boolean;
  keep?: boolean;
  "refresh-catalog"?: boolean;
  "state-id"?: string | undefined;
  "state-id-suffix"?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  limit?: number | undefined;
  batch?: string | undefined;
  "dry-run"?: boolean;
  timeout?: string | undefined;
  tag?: string[] | undefined;
  "exit-99"?: boolean;
  json?: boolean;
  quiet?: boolean;
}

export interface RunWords {
  words: readonly string[];
  fullRefresh: boolean | readonly string[];
  flags: RunFlags;
  /** The run that this one repeats. */
  retryOf?: { runId: string; only: ReadonlySet<number>; earlierTries: readonly string[] };
}
