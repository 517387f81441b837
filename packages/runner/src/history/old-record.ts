/** Records of runs as earlier versions wrote them, with the flags of the command in place of a request. Pure. */
import { parseDuration } from "../model/duration.ts";
import type { JobRequest } from "../model/job-request.ts";
import type { Trigger } from "../model/trigger.ts";
import type { RunRecord } from "./history.ts";

interface OldRecord extends Omit<RunRecord, "request" | "trigger"> {
  request?: undefined;
  /** "command", or "retry of RUN". */
  trigger: string;
  flags: OldFlags;
}

interface OldFlags {
  words?: string[];
  fullRefresh?: boolean | string[];
  replace?: boolean | string[];
  environment?: string;
  select?: string[];
  exclude?: string[];
  "from-ledger"?: boolean;
  keep?: boolean;
  "refresh-catalog"?: boolean;
  "state-id"?: string;
  "state-id-suffix"?: string;
  from?: string;
  to?: string;
  limit?: number;
  batch?: "auto" | "off";
  timeout?: string;
  "exit-99"?: boolean;
}

/** A record of the present form stays as it is. */
export function presentRecord(record: RunRecord | OldRecord): RunRecord {
  if (record.request !== undefined) return record as RunRecord;
  const { flags, ...kept } = record as OldRecord;
  return { ...kept, trigger: triggerOf(kept.trigger), request: requestOf(flags, kept) };
}

function triggerOf(text: string): Trigger {
  const [, of] = /^retry of (.+)$/.exec(text) ?? [];
  return of === undefined ? { kind: "command" } : { kind: "retry", of };
}

function requestOf(flags: OldFlags, { name, tags }: Pick<RunRecord, "name" | "tags">): JobRequest {
  const timeoutMs = flags.timeout === undefined ? undefined : parseDuration(flags.timeout);
  const found: { [key in keyof JobRequest]: JobRequest[key] | undefined } = {
    words: flags.words ?? name.split(" "),
    environment: flags.environment,
    select: flags.select,
    exclude: flags.exclude,
    full_refresh: flags.fullRefresh || undefined,
    replace: flags.replace || undefined,
    from_ledger: flags["from-ledger"] || undefined,
    keep: flags.keep || undefined,
    refresh_catalog: flags["refresh-catalog"] || undefined,
    state_id: flags["state-id"],
    state_id_suffix: flags["state-id-suffix"],
    from: flags.from,
    to: flags.to,
    limit: flags.limit,
    batch: flags.batch,
    timeout_seconds: timeoutMs === undefined ? undefined : timeoutMs / 1000,
    exit_99: flags["exit-99"] || undefined,
    tags: Object.keys(tags).length === 0 ? undefined : tags,
  };
  return withoutUndefined(found) as JobRequest;
}

function withoutUndefined(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
