/**
 * Sends requests: at the rate that is allowed, with credentials, again where that may help, and returns answers that arrived whole.
 * One client serves all streams of a tap. Credentials go to the API's own hosts only, also after a redirect.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { type Json, TaplineError } from "@tapline/sdk";
import type { Auth, AuthMaker, SecretPlace } from "../auth/auth.ts";
import { restErrors } from "../errors.ts";
import type { Answer, Params, PlainRequest, RunParts, SignedRequest } from "../model.ts";
import { parseJson } from "../records/parse-json.ts";
import { describeAnswer, describeRequest, describeUrl } from "./describe.ts";
import { fetchOnce } from "./fetch-once.ts";
import { Limiter, type RateOptions } from "./limiter.ts";
import { backoff, decide, pauseUntil, type RateHeaders, type ResponseRule } from "./policy.ts";
import { Transport } from "./transport.ts";

export interface ApiOptions {
  /** The address that the paths of streams are put after, such as https://api.example.com/v1. */
  readonly url: string;
  readonly auth?: AuthMaker;
  /** Are sent with each request to the API's own hosts. */
  readonly headers?: Params;
  readonly query?: Params;
  /** Other origins, such as https://files.example.com, that get the credentials too. */
  readonly trust?: readonly string[];
  /** One limit, or several that hold together. */
  readonly rate?: RateOptions | readonly RateOptions[];
  readonly rateHeaders?: RateHeaders;
  /** Requests at a time. Default: 4. */
  readonly concurrency?: number;
  /** Seconds without a byte of the answer, after which a request is given up. Default: 60. */
  readonly timeout?: number;
  /** Seconds for a whole answer. Default: 900. */
  readonly totalTimeout?: number;
  /** Attempts after the first one. Default: 5. */
  readonly retries?: number;
  /** Seconds before the second attempt; doubled each time, up to a minute. Default: 1. */
  readonly retryWait?: number;
  /** The longest pause in seconds that a server may ask for. Default: 900. */
  readonly maxWait?: number;
  /** What is done with answers. Default: 401 gets new credentials once, 408, 425, 429 and 5xx are tried again, other errors fail. */
  readonly responses?: readonly ResponseRule[];
}

export type Sent =
  | { readonly kind: "answer"; readonly answer: Answer }
  | { readonly kind: "ignored"; readonly status: number; readonly request: string };

export class Client {
  /** What was asked of the server so far. */
  readonly metrics = { requests: 0, retried: 0, bytes: 0 };
  readonly base: URL;
  readonly concurrency: number;
  readonly #options: ApiOptions;
  readonly #parts: RunParts;
  readonly #limiter: Limiter;
  readonly #transport: Transport;
  readonly #origins: ReadonlySet<string>;
  readonly #auth: Auth | undefined;
  readonly #warned = new Set<string>();

  /** @throws rest_url_invalid */
  constructor(options: ApiOptions, parts: RunParts, secretPlace: SecretPlace | undefined) {
    this.base = readUrl(options.url);
    this.concurrency = options.concurrency ?? 4;
    this.#options = options;
    this.#parts = parts;
    this.#transport = new Transport(parts.signal);
    this.#limiter = new Limiter(options.rate, this.concurrency);
    this.#origins = new Set([this.base.origin, ...(options.trust ?? []).map((one) => readUrl(one).origin)]);
    this.#auth = options.auth?.({ ...parts, secretPlace, send: (request) => this.#sendForToken(request) });
  }

  /** Ends its connections. */
  close(): void {
    this.#transport.close();
  }

  get waitedSeconds(): number {
    return this.#limiter.waitedSeconds;
  }

  /** @throws request_failed, server_failing, rate_limited, request_unauthorized, request_refused, answer_failed, redirect_refused */
  async send(request: PlainRequest, rules: readonly ResponseRule[] = []): Promise<Sent> {
    const described = describeRequest(request);
    const all = [...rules, ...(this.#options.responses ?? [])];
    let renewed = 0;
    for (let attempt = 1; ; attempt++) {
      const { answer, used } = await this.#attempt(request, described, attempt);
      if (answer === undefined) continue;
      const text = async (): Promise<string> => answer.body.start(1024 * 1024);
      const { action, rule } = await decide(answer.status, all, text, async () => documentOf(answer));
      const isRefused = action === "retry" || answer.status === 429;
      const until = pauseUntil(answer.headers, isRefused, this.#options.rateHeaders);
      if (action === "accept" || action === "ignore") {
        if (until !== undefined) this.#pause(until, described);
        if (action === "accept") return { kind: "answer", answer };
      }
      const told = await describeAnswer(answer.body, (shown) => this.#hide(shown));
      await answer.body[Symbol.asyncDispose]();
      const { status } = answer;
      if (action === "ignore") return { kind: "ignored", status, request: described };
      const canRenew = action === "refresh" || (action === "retry" && status === 429 && until === undefined);
      if (
        canRenew &&
        renewed < 10 &&
        (action !== "refresh" || renewed === 0) &&
        this.#isTrusted(request.url) &&
        (await this.#auth?.renew?.(used))
      ) {
        renewed++;
        attempt--;
        continue;
      }
      if (action === "retry") {
        if (attempt > (this.#options.retries ?? 5))
          throw restErrors.server_failing({ request: described, status, attempts: attempt, answer: told });
        this.metrics.retried++;
        this.#parts.log("debug", `${described} was answered with ${status}; attempt ${attempt + 1} follows`);
        if (until === undefined) await this.#wait(attempt);
        else this.#pause(until, described);
        continue;
      }
      if (rule?.message !== undefined || (status >= 200 && status < 300))
        throw restErrors.answer_failed({ request: described, why: rule?.message ?? `${status}${told}` });
      if (status === 401 || status === 403) throw restErrors.request_unauthorized({ request: described, status, answer: told });
      throw restErrors.request_refused({ request: described, status, answer: told });
    }
  }

  /** The answer of one attempt; none: it failed, and the next attempt may begin. */
  async #attempt(request: PlainRequest, described: string, attempt: number): Promise<{ answer?: Answer; used?: unknown }> {
    const { signal, log } = this.#parts;
    try {
      return await this.#limiter.run(signal, async () => {
        let used: unknown;
        const sign = async (plain: PlainRequest): Promise<SignedRequest> => {
          const isTrusted = this.#isTrusted(plain.url);
          if (!isTrusted) this.#warnOfHost(plain.url);
          const signed = this.#copy(plain, isTrusted);
          if (isTrusted) used = await this.#auth?.sign(signed);
          return signed;
        };
        const answer = await fetchOnce(this.#transport, request, sign, this.#timeouts());
        this.metrics.requests++;
        this.metrics.bytes += answer.body.length;
        return { answer, used };
      });
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof TaplineError) throw error;
      const reason = reasonOf(error);
      if (attempt > (this.#options.retries ?? 5))
        throw restErrors.request_failed({ request: described, attempts: attempt, reason }, {}, error);
      this.metrics.retried++;
      log("debug", `${described}: ${reason}; attempt ${attempt + 1} follows`);
      await this.#wait(attempt);
      return {};
    }
  }

  /** A request for a token has its credentials in it already. It stays where it is sent to. */
  async #sendForToken(request: PlainRequest): Promise<Answer> {
    const { signal } = this.#parts;
    for (let attempt = 1; ; attempt++) {
      try {
        const sign = async (plain: PlainRequest): Promise<SignedRequest> => {
          if (plain.url.origin !== request.url.origin) {
            const why = "a request for a token goes to no other host";
            throw restErrors.redirect_refused({ request: describeRequest(request), target: describeUrl(plain.url), why });
          }
          return { ...plain, headers: { ...plain.headers } };
        };
        const answer = await fetchOnce(this.#transport, request, sign, this.#timeouts());
        const isBusy = answer.status === 429 || answer.status >= 500;
        if (!isBusy || attempt > (this.#options.retries ?? 5)) return answer;
      } catch (error) {
        signal.throwIfAborted();
        // A refresh token that is good for one use may be used up: whoever asks again gets the server's word on it.
        if (error instanceof TaplineError) throw error;
        if (attempt > (this.#options.retries ?? 5))
          throw restErrors.request_failed({ request: describeRequest(request), attempts: attempt, reason: reasonOf(error) }, {}, error);
      }
      await this.#wait(attempt);
    }
  }

  #copy(plain: PlainRequest, isTrusted: boolean): SignedRequest {
    const { headers = {}, query = {} } = this.#options;
    const url = new URL(plain.url);
    if (!isTrusted) {
      const kept = Object.entries(plain.headers).filter(([name]) => name === "accept" || name === "content-type");
      return { ...plain, url, headers: { ...Object.fromEntries(kept), "user-agent": "tapline" } };
    }
    for (const [name, value] of Object.entries(query))
      if (value !== undefined && !url.searchParams.has(name)) url.searchParams.set(name, String(value));
    const own = Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name.toLowerCase(), String(value)]]));
    return { ...plain, url, headers: { "user-agent": "tapline", ...Object.fromEntries(own), ...plain.headers } };
  }

  #isTrusted(url: URL): boolean {
    return this.#origins.has(url.origin);
  }

  #warnOfHost(url: URL): void {
    if (this.#warned.has(url.origin)) return;
    this.#warned.add(url.origin);
    this.#parts.log(
      "info",
      `${url.origin} is another host than ${this.base.origin}: it gets no credentials. Name it in \`trust\` if it should`,
    );
  }

  #pause(until: number, request: string): void {
    const most = this.#options.maxWait ?? 900;
    const seconds = Math.ceil((until - Date.now()) / 1000);
    if (seconds > most) throw restErrors.rate_limited({ request, seconds, most });
    if (seconds > 5) this.#parts.log("info", `the server asks to wait ${seconds} seconds`);
    this.#limiter.pause(until);
  }

  #timeouts(): { idleMs: number; totalMs: number } {
    return { idleMs: (this.#options.timeout ?? 60) * 1000, totalMs: (this.#options.totalTimeout ?? 900) * 1000 };
  }

  async #wait(attempt: number): Promise<void> {
    await sleep(backoff(attempt, (this.#options.retryWait ?? 1) * 1000), undefined, { signal: this.#parts.signal });
  }

  #hide(text: string): string {
    const secrets = this.#auth?.secrets?.() ?? [];
    return secrets.filter((secret) => secret.length >= 4).reduce((shown, secret) => shown.replaceAll(secret, "***"), text);
  }
}

/** @throws rest_url_invalid */
function readUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) throw restErrors.rest_url_invalid({ url: text });
  return url;
}

async function documentOf({ body }: Answer): Promise<Json | undefined> {
  try {
    return body.bytes === undefined ? undefined : (parseJson(body.bytes) as Json);
  } catch {
    return undefined;
  }
}

const reasonOf = (error: unknown): string => (error as Error).message;
