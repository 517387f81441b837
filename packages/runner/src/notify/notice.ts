/** What people are told: one message about one thing that happened, without values of rows and without secrets. */
import type { NoticeEvent } from "../model/notify-schema.ts";

export interface Notice {
  /** Names what happened, so that nobody is told it twice. It begins with the time, so ids sort by time. */
  id: string;
  event: NoticeEvent | "test";
  job: string;
  environment: string;
  /** null: it is not about one run. */
  runId: string | null;
  /** When it happened. ISO 8601, in UTC. */
  at: string;
  title: string;
  problems: Problem[];
  /** What a person should look at although the run succeeded. */
  warnings: string[];
  loaded: LoadedRows[];
  /** What to type next. */
  command: string | null;
  link: string | null;
}

export interface Problem {
  /** The step of the job; null: it is about the whole job. */
  step: string | null;
  plugin: string | null;
  stream: string | null;
  /** Where in the source. */
  place: string | null;
  code: string | null;
  cause: string;
  fix: string | null;
}

export interface LoadedRows {
  stream: string;
  table: string | null;
  /** null: not known. */
  rows: number | null;
}

/** How an attempt to tell somebody ended. */
export type Outcome =
  | { kind: "sent"; reason?: string | undefined }
  /** It surely did not arrive, so it may be sent again. */
  | { kind: "refused"; reason: string; retryAfterMs?: number | undefined }
  /** It may have arrived or not, so it is not sent again. */
  | { kind: "unsure"; reason: string };
