/**
 * One request over node:http, and its answer as bytes that arrived whole. Connections are kept open and used again. `fetch` would cost twice
 * the CPU for small answers (docs/adr/0064).
 */
import { type Agent, type ClientRequest, Agent as HttpAgent, type IncomingMessage, request as requestHttp } from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import type { AnswerHeaders, Body, SignedRequest } from "../model.ts";
import { receiveBody } from "./body.ts";

export interface Timeouts {
  /** Without a byte. */
  readonly idleMs: number;
  /** For the whole answer. */
  readonly totalMs: number;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: AnswerHeaders;
  /** As it was sent, so perhaps compressed. */
  readonly body: Body;
}

export class Transport {
  readonly #agents: { readonly "http:": HttpAgent; readonly "https:": HttpsAgent };
  readonly #open = new Set<ClientRequest>();
  readonly #signal: AbortSignal;

  /** All requests end when the signal is aborted. */
  constructor(signal: AbortSignal) {
    // A proxy of the environment is used where Node is told to: NODE_USE_ENV_PROXY=1.
    const options = { keepAlive: true, ...(process.env.NODE_USE_ENV_PROXY === "1" && { proxyEnv: process.env }) };
    this.#agents = { "http:": new HttpAgent(options), "https:": new HttpsAgent(options) };
    this.#signal = signal;
    signal.addEventListener("abort", this.#stop, { once: true });
  }

  /** @throws the reason of the signal, and an Error where the answer did not arrive whole */
  async send(request: SignedRequest, timeouts: Timeouts): Promise<RawAnswer> {
    for (let isFirst = true; ; isFirst = false) {
      this.#signal.throwIfAborted();
      const sent: Sent = { request: this.#start(request), failure: undefined, isAnswered: false };
      try {
        return await this.#answerTo(sent, timeouts);
      } catch (error) {
        this.#signal.throwIfAborted();
        // The server closed an idle connection at the moment it was used again.
        const isStale = sent.request.reusedSocket && !sent.isAnswered && (error as NodeJS.ErrnoException).code === "ECONNRESET";
        if (!isFirst || !isStale || request.method !== "GET") throw error;
      } finally {
        this.#open.delete(sent.request);
      }
    }
  }

  /** Ends what is open. */
  close(): void {
    this.#signal.removeEventListener("abort", this.#stop);
    for (const agent of Object.values(this.#agents)) (agent as Agent).destroy();
  }

  readonly #stop = (): void => {
    for (const request of this.#open) request.destroy(this.#signal.reason as Error);
  };

  #start({ method, url, headers, body }: SignedRequest): ClientRequest {
    const isSecure = url.protocol === "https:";
    const options = { method, headers: { "accept-encoding": "gzip, br", ...headers } };
    const request = isSecure
      ? requestHttps(url, { ...options, agent: this.#agents["https:"] })
      : requestHttp(url, { ...options, agent: this.#agents["http:"] });
    this.#open.add(request);
    request.end(body);
    return request;
  }

  async #answerTo(sent: Sent, { idleMs, totalMs }: Timeouts): Promise<RawAnswer> {
    const since = performance.now();
    const seconds = (millis: number): number => Math.round(millis / 1000);
    const giveUp = (why: string): void => {
      sent.failure ??= new Error(`${why}, ${seconds(performance.now() - since)} seconds after it was sent`);
      sent.request.destroy(sent.failure);
    };
    const idle = setTimeout(() => giveUp(`no byte came in ${seconds(idleMs)} seconds`), idleMs);
    // A body that drips is never idle: the time for all of it is looked at when a byte comes.
    const touch = (): void => {
      idle.refresh();
      if (performance.now() - since > totalMs) giveUp(`the answer was not whole after ${seconds(totalMs)} seconds`);
    };
    try {
      const message = await new Promise<IncomingMessage>((resolve, reject) => sent.request.on("response", resolve).on("error", reject));
      sent.isAnswered = true;
      touch();
      const body = await receiveBody(message, touch);
      return { status: message.statusCode ?? 0, headers: headersOf(message), body };
    } catch (error) {
      throw sent.failure ?? inWords(error as NodeJS.ErrnoException, sent.isAnswered);
    } finally {
      clearTimeout(idle);
    }
  }
}

interface Sent {
  readonly request: ClientRequest;
  /** Why it was given up. */
  failure: Error | undefined;
  isAnswered: boolean;
}

/** Node says "socket hang up" and "aborted". The code stays. */
function inWords(error: NodeJS.ErrnoException, isAnswered: boolean): Error {
  if (error.code !== "ECONNRESET") return error;
  const why = isAnswered ? "the connection ended in the middle of the answer" : "the server ended the connection without an answer";
  return Object.assign(new Error(why, { cause: error }), { code: error.code });
}

function headersOf({ headers }: IncomingMessage): AnswerHeaders {
  return {
    get(name) {
      const value = headers[name.toLowerCase()];
      return value === undefined ? null : Array.isArray(value) ? value.join(", ") : value;
    },
    getSetCookie: () => headers["set-cookie"] ?? [],
  };
}
