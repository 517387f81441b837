/** What is done with an answer: by its status, its text or a test of its own. Pure: the client does the waiting. */
import type { Json } from "@tapline/sdk";
import type { AnswerHeaders } from "../model.ts";

export type ResponseAction = "accept" | "ignore" | "retry" | "fail" | "refresh";

/** The first rule that fits decides; all conditions of a rule must hold. */
export interface ResponseRule {
  /** Status codes, or classes such as "5xx". */
  readonly status?: readonly (number | string)[];
  /** The answer's text holds this. */
  readonly text?: string;
  /** The answer's JSON fits. */
  readonly when?: (document: Json | undefined, status: number) => boolean;
  /**
   * accept: it is a page. ignore: the page has no records; it is counted and reported. retry: as if the server were busy. fail: the stream fails.
   * refresh: get new credentials once, then fail.
   */
  readonly action: ResponseAction;
  /** Is shown when it fails. */
  readonly message?: string;
}

/** Statuses that pass: timeouts, conflicts of locks, "too early", "too many", and faults of servers. */
const retried = new Set([408, 425, 429, 500, 502, 503, 504, 507, 509, 520, 521, 522, 523, 524, 529]);

export interface Decision {
  readonly action: ResponseAction;
  readonly rule: ResponseRule | undefined;
}

/** `text` and `document` read the body; they are asked only where a rule needs them. */
export async function decide(
  status: number,
  rules: readonly ResponseRule[],
  text: () => Promise<string>,
  document: () => Promise<Json | undefined>,
): Promise<Decision> {
  for (const rule of rules) {
    if (rule.status !== undefined && !rule.status.some((one) => fits(status, one))) continue;
    if (rule.text !== undefined && !(await text()).includes(rule.text)) continue;
    if (rule.when !== undefined && !rule.when(await document(), status)) continue;
    return { action: rule.action, rule };
  }
  if (status >= 200 && status < 300) return { action: "accept", rule: undefined };
  if (status === 401) return { action: "refresh", rule: undefined };
  return { action: retried.has(status) ? "retry" : "fail", rule: undefined };
}

function fits(status: number, one: number | string): boolean {
  return typeof one === "string" && /^[1-5]xx$/i.test(one) ? Math.floor(status / 100) === Number(one[0]) : status === Number(one);
}

/** Milliseconds before the next attempt: doubled each time up to a minute, half of it by chance, so that clients do not come back at once. */
export function backoff(attempt: number, firstMillis: number, random: () => number = Math.random): number {
  const most = Math.min(60_000, firstMillis * 2 ** (attempt - 1));
  return most / 2 + (random() * most) / 2;
}

/** Names of the headers by which a server tells its limits. */
export interface RateHeaders {
  /** So many requests are left. */
  readonly remaining: string;
  /** When there are more: seconds from now, seconds since 1970, or a time. */
  readonly reset: string;
}

/** Until when to wait, by Retry-After or by the server's own headers. undefined: they ask for no pause. */
export function pauseUntil(
  headers: AnswerHeaders,
  isRefused: boolean,
  rate: RateHeaders | undefined,
  now = Date.now(),
): number | undefined {
  const after = headers.get("retry-after");
  if (isRefused && after !== null) return momentOf(after, now);
  if (rate === undefined) return undefined;
  const remaining = headers.get(rate.remaining);
  const reset = headers.get(rate.reset);
  if (reset === null || (!isRefused && (remaining === null || Number(remaining) > 0))) return undefined;
  return momentOf(reset, now);
}

function momentOf(text: string, now: number): number | undefined {
  const number = Number(text);
  if (text.trim() !== "" && Number.isFinite(number)) return number > 1e11 ? number : number > 1e9 ? number * 1000 : now + number * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : date;
}
