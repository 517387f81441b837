/** Makes the request for a run from what was typed after `tapline run`, or reads one that a scheduler wrote. */
import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { checkRequest, type JobRequest } from "@tapline/runner";
import { durationOf } from "./run-arguments.ts";
import { usage } from "./usage.ts";

/** The flags of `tapline run` that say what to run, as oclif returns them. */
export interface RequestFlags {
  environment?: string | undefined;
  select?: string[] | undefined;
  exclude?: string[] | undefined;
  "from-ledger"?: boolean;
  follow?: boolean;
  keep?: boolean;
  "refresh-catalog"?: boolean;
  "state-id"?: string | undefined;
  "state-id-suffix"?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  limit?: number | undefined;
  batch?: string | undefined;
  timeout?: string | undefined;
  tag?: string[] | undefined;
  "exit-99"?: boolean;
}

export interface Typed {
  words: readonly string[];
  fullRefresh?: boolean | string[];
  replace?: boolean | string[];
  flags: RequestFlags;
}

/** @throws duration_invalid, tag_invalid and what `checkRequest` throws */
export function requestOf({ words, fullRefresh = false, replace = false, flags }: Typed): JobRequest {
  const { environment, select, exclude, follow, keep, from, to, limit, batch, timeout, tag } = flags;
  return checkRequest(
    withoutUnset({
      ...{ words, environment, select, exclude, full_refresh: fullRefresh, replace, from_ledger: flags["from-ledger"], follow, keep },
      refresh_catalog: flags["refresh-catalog"],
      ...{ state_id: flags["state-id"], state_id_suffix: flags["state-id-suffix"], from, to, limit, batch },
      timeout_seconds: timeout === undefined ? undefined : durationOf(timeout) / 1000,
      exit_99: flags["exit-99"],
      tags: tag === undefined ? undefined : tagsFrom(tag),
    }),
  );
}

/** `path`: a file, or - for stdin. @throws request_unreadable and what `checkRequest` throws */
export async function readRequest(path: string): Promise<JobRequest> {
  const read = async (): Promise<unknown> => JSON.parse(path === "-" ? await text(process.stdin) : readFileSync(path, "utf8"));
  const value = await read().catch((error: Error) => {
    throw usage.request_unreadable({ path: path === "-" ? "stdin" : path, reason: error.message }, {}, error);
  });
  return checkRequest(value);
}

/** @throws tag_invalid */
export function tagsFrom(texts: readonly string[] = []): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const [, key, value] = /^([^=\s]+)=(.*)$/s.exec(text) ?? [];
      if (key === undefined || value === undefined) throw usage.tag_invalid({ text });
      return [key, value];
    }),
  );
}

/** A flag that was not given is left out, also where it has a default. */
function withoutUnset(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== false));
}
