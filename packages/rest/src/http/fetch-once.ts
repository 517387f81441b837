/** One request and its answer, with redirects followed one by one, so that each may go to a host that gets no credentials. */
import { restErrors } from "../errors.ts";
import type { Answer, PlainRequest, SignedRequest } from "../model.ts";
import { describeRequest, describeUrl } from "./describe.ts";
import type { Timeouts, Transport } from "./transport.ts";
import { unpack } from "./unpack.ts";

const mostRedirects = 10;
const redirectStatuses = new Set([301, 302, 303, 307, 308]);

/** `sign` is called for the request and for each redirect. @throws redirect_refused, an Error where the answer did not arrive whole */
export async function fetchOnce(
  transport: Transport,
  request: PlainRequest,
  sign: (request: PlainRequest) => Promise<SignedRequest>,
  timeouts: Timeouts,
): Promise<Answer> {
  let current = request;
  for (let redirects = 0; ; redirects++) {
    const { status, headers, body } = await transport.send(await sign(current), timeouts);
    const location = headers.get("location");
    if (!redirectStatuses.has(status) || location === null)
      return { status, headers, url: current.url, body: await unpack(body, headers.get("content-encoding")) };
    await body[Symbol.asyncDispose]();
    current = redirected(current, status, location, redirects);
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
