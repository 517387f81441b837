/** One request and its answer, with redirects followed one by one, so that each may go to a host that gets no credentials. */
import { restErrors } from "../errors.ts";
import type { Answer, PlainRequest, SignedRequest } from "../model.ts";
import { receiveBody } from "./body.ts";
import { describeRequest, describeUrl } from "./describe.ts";
import { unpack } from "./unpack.ts";

const mostRedirects = 10;

export interface Timeouts {
  /** Without a byte. */
  readonly idleMs: number;
  /** For the whole answer. */
  readonly totalMs: number;
}

/** `sign` is called for the request and for each redirect. @throws redirect_refused, an Error where the answer did not arrive whole */
export async function fetchOnce(
  request: PlainRequest,
  sign: (request: PlainRequest) => Promise<SignedRequest>,
  { idleMs, totalMs }: Timeouts,
  signal: AbortSignal,
): Promise<Answer> {
  const stop = new AbortController();
  const since = performance.now();
  const idle = setTimeout(() => stop.abort(new Error(`no byte came in ${Math.round(idleMs / 1000)} seconds`)), idleMs);
  const total = setTimeout(() => stop.abort(new Error(`the answer was not whole after ${Math.round(totalMs / 1000)} seconds`)), totalMs);
  const both = AbortSignal.any([signal, stop.signal]);
  try {
    let current = request;
    for (let redirects = 0; ; redirects++) {
      const { method, url, headers, body } = await sign(current);
      const response = await fetch(url, { method, headers, redirect: "manual", signal: both, ...(body !== undefined && { body }) });
      const location = response.headers.get("location");
      if ([301, 302, 303, 307, 308].includes(response.status) && location !== null) {
        await response.body?.cancel();
        current = redirected(current, response.status, location, redirects);
        continue;
      }
      idle.refresh();
      const stream = response.body === null ? noBytes() : touched(response.body, () => idle.refresh());
      const received = await receiveBody(stream);
      return { status: response.status, headers: response.headers, url: current.url, body: await unpack(received) };
    }
  } catch (error) {
    // What fetch throws for an abort is the reason, or hides it.
    throw stop.signal.aborted && !signal.aborted
      ? new Error(`${(stop.signal.reason as Error).message}, ${Math.round((performance.now() - since) / 1000)} seconds after it was sent`)
      : error;
  } finally {
    clearTimeout(idle);
    clearTimeout(total);
  }
}

function redirected(request: PlainRequest, status: number, location: string, redirects: number): PlainRequest {
  const described = describeRequest(request);
  if (redirects >= mostRedirects || !URL.canParse(location, request.url.href)) {
    const why = redirects >= mostRedirects ? `that is redirect ${mostRedirects + 1}` : "that is no address";
    throw restErrors.redirect_refused({ request: described, target: location.slice(0, 80), why });
  }
  const url = new URL(location, request.url);
  if (!/^https?:$/.test(url.protocol))
    throw restErrors.redirect_refused({ request: described, target: url.protocol, why: "it is no web address" });
  const becomesGet = status === 303 || (status < 307 && request.method === "POST");
  if (!becomesGet && request.body !== undefined && url.origin !== request.url.origin)
    throw restErrors.redirect_refused({ request: described, target: describeUrl(url), why: "what is sent would go to another host" });
  if (!becomesGet) return { ...request, url };
  const { "content-type": _, ...headers } = request.headers;
  return { method: "GET", url, headers, body: undefined };
}

async function* touched(stream: ReadableStream<Uint8Array>, touch: () => void): AsyncGenerator<Uint8Array> {
  for await (const piece of stream) {
    touch();
    yield piece;
  }
}

async function* noBytes(): AsyncGenerator<Uint8Array> {}
