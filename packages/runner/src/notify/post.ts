/** Posts a text to a URL, and says whether it surely arrived, surely did not, or whether nobody can know. */
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Outcome } from "./notice.ts";

export interface Post {
  /** http or https. */
  url: URL;
  headers: Readonly<Record<string, string>>;
  body: string;
  timeoutMs: number;
}

/** Never rejects. Redirects are not followed, because they could take the text elsewhere. */
export function post({ url, headers, body, timeoutMs }: Post): Promise<Outcome> {
  return new Promise((resolve) => {
    const isTls = url.protocol === "https:";
    // From then on, bytes of the text may have left.
    let isConnected = false;
    const fail = (reason: string): void => resolve({ kind: isConnected ? "unsure" : "refused", reason });
    const timer = setTimeout(() => {
      fail(`${url.host} did not answer within ${timeoutMs / 1000} s`);
      request.destroy();
    }, timeoutMs);
    // A connection of its own: one that is kept may be closed by the server at the moment it is used again.
    const request = (isTls ? httpsRequest : httpRequest)(url, {
      method: "POST",
      agent: false,
      headers: {
        "content-type": "application/json",
        "user-agent": "tapline",
        "content-length": String(Buffer.byteLength(body)),
        ...headers,
      },
    });
    request.once("socket", (socket) => socket.once(isTls ? "secureConnect" : "connect", () => (isConnected = true)));
    request.once("error", (error) => fail(`${url.host}: ${messageOf(error)}`));
    request.once("close", () => clearTimeout(timer));
    request.once("response", (response) => {
      const pieces: Buffer[] = [];
      let size = 0;
      response.on("data", (piece: Buffer) => {
        if (size < mostAnswer) pieces.push(piece);
        size += piece.length;
      });
      response.once("error", (error) => fail(`${url.host} broke off its answer: ${messageOf(error)}`));
      response.once("close", () => {
        if (!response.complete) return fail(`${url.host} broke off its answer`);
        const answer = Buffer.concat(pieces).toString("utf8").slice(0, mostAnswer);
        resolve(outcomeOf(url.host, response.statusCode ?? 0, answer, response.headers["retry-after"]));
      });
    });
    request.end(body);
  });
}

const mostAnswer = 200;

/** 504 comes from a gateway whose server may have taken the text. */
function outcomeOf(host: string, status: number, answer: string, retryAfter: string | undefined): Outcome {
  if (status >= 200 && status < 300) return { kind: "sent" };
  const text = answer.replaceAll(/\s+/g, " ").trim();
  const reason = `${host} answered ${status}${text === "" ? "" : `: ${text}`}`;
  if (status === 504) return { kind: "unsure", reason };
  const seconds = Number(retryAfter);
  return { kind: "refused", reason, ...(retryAfter !== undefined && seconds >= 0 ? { retryAfterMs: seconds * 1000 } : {}) };
}

/** Errors of several addresses have no message. */
function messageOf(error: NodeJS.ErrnoException): string {
  return error.message || error.code || "the connection failed";
}
