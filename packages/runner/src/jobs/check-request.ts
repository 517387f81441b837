/** Checks what is asked of a run before anything is read for it, whoever asks. Pure. */

import { errors } from "../errors.ts";
import { type JobRequest, jobRequestSchema } from "../model/job-request.ts";
import { checkForm, type Form } from "../project/check-form.ts";

/** @throws request_invalid (all problems at once), date_invalid, from_ledger_refresh, replace_alone, replace_not_read, replace_range_alone, follow_ends */
export function checkRequest(value: unknown): JobRequest {
  const problems = [...checkForm(jobRequestSchema as Form, value)].map(({ problem }) => problem.replace(/^the file/, "it"));
  if (problems.length > 0) throw errors.request_invalid({ problems });
  const request = value as JobRequest;
  const { from, to, full_refresh: fullRefresh = false, replace = false } = request;
  if (from !== undefined) checkDate("--from", from);
  if (to !== undefined) checkDate("--to", to);
  if (request.replace_range === true && (from === undefined || to === undefined)) throw errors.replace_range_alone({});
  if (request.follow === true) {
    const other = (["from", "to", "limit", "exit_99"] as const).find((key) => request[key] !== undefined);
    if (other !== undefined) throw errors.follow_ends({ flag: `--${other.replace("_", "-")}` });
  }
  if (request.from_ledger === true && fullRefresh !== false) throw errors.from_ledger_refresh({});
  if (replace !== false && fullRefresh === false) throw errors.replace_alone({});
  if (Array.isArray(replace) && Array.isArray(fullRefresh)) {
    const missing = replace.find((stream) => !fullRefresh.includes(stream));
    if (missing !== undefined) throw errors.replace_not_read({ stream: missing });
  }
  return request;
}

/** @throws date_invalid */
export function checkDate(flag: string, value: string): void {
  if (!isDate(value)) throw errors.date_invalid({ flag, value });
}

/** Whether it is a day or an instant of ISO 8601. */
export function isDate(text: string): boolean {
  return /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/.test(text) && !Number.isNaN(Date.parse(text));
}
