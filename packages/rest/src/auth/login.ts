/** A login by requests of the API's own: one or several, where each may use what those before it gave. */
import { restErrors } from "../errors.ts";
import { describeAnswer, describeRequest } from "../http/describe.ts";
import type { AnswerHeaders, PlainRequest, SignedRequest } from "../model.ts";
import { parseDocument } from "../records/decode.ts";
import { type JsonPath, parsePath, valueAt } from "../records/json-path.ts";
import type { AuthMaker, AuthParts } from "./auth.ts";
import { asBearer, holdToken } from "./token-holder.ts";

/** What the steps so far have given. */
export type Taken = Readonly<Record<string, string>>;

export interface LoginStep {
  readonly method?: "GET" | "POST" | "PUT";
  readonly url: string | ((taken: Taken) => string);
  readonly headers?: Readonly<Record<string, string>> | ((taken: Taken) => Readonly<Record<string, string>>);
  /** An object is sent as JSON, a text as it is. */
  readonly body?: unknown | ((taken: Taken) => unknown);
  /** Names, each with a path into the answer, or "header:NAME" or "cookie:NAME". */
  readonly take: Readonly<Record<string, string>>;
}

export interface LoginOptions {
  readonly steps: readonly LoginStep[];
  /** The name of what is the token. Default: token. */
  readonly token?: string;
  /** Puts it on a request. Default: as a bearer token. */
  readonly place?: (request: SignedRequest, token: string, taken: Taken) => void;
  /** Seconds that a login is good for. Default: until it is refused. */
  readonly lifetime?: number;
  readonly secrets?: readonly string[];
}

/** @example login({ steps: [{ url: `${url}/login`, method: "POST", body: { user, password }, take: { token: "$.token" } }] }) */
export function login({ steps, token: name = "token", place, lifetime, secrets = [] }: LoginOptions): AuthMaker {
  return (parts) => {
    let taken: Taken = {};
    const auth = holdToken(
      async () => {
        taken = await takeSteps(steps, parts);
        const value = taken[name];
        if (value === undefined)
          throw restErrors.credentials_invalid({ what: "The login", reason: `no step takes ${JSON.stringify(name)}` });
        return { value, endsAt: lifetime === undefined ? undefined : Date.now() + lifetime * 1000 };
      },
      place === undefined ? asBearer : (request, value) => place(request, value, taken),
    );
    return { ...auth, secrets: () => [...secrets, ...Object.values(taken)] };
  };
}

async function takeSteps(steps: readonly LoginStep[], parts: AuthParts): Promise<Taken> {
  const taken: Record<string, string> = {};
  for (const step of steps) {
    const request = requestOf(step, taken);
    const described = describeRequest(request);
    const { status, headers, body } = await parts.send(request);
    try {
      if (status < 200 || status > 299)
        throw restErrors.token_refused({ request: described, reason: `${status}${await describeAnswer(body, (text) => text)}` });
      const wantsDocument = Object.values(step.take).some((from) => !/^(header|cookie):/.test(from));
      const document = wantsDocument ? await parseDocument(body, described) : undefined;
      for (const [name, from] of Object.entries(step.take)) {
        const value = takeOne(from, headers, document);
        if (value === undefined) throw restErrors.token_refused({ request: described, reason: `without ${from}` });
        taken[name] = value;
      }
    } finally {
      await body[Symbol.asyncDispose]();
    }
  }
  return taken;
}

function requestOf(step: LoginStep, taken: Taken): PlainRequest {
  const at = <T>(part: T | ((taken: Taken) => T)): T => (typeof part === "function" ? (part as (taken: Taken) => T)(taken) : part);
  const body = at(step.body);
  const isJson = typeof body === "object" && body !== null;
  const headers = { accept: "application/json", ...(isJson && { "content-type": "application/json" }), ...at(step.headers ?? {}) };
  return {
    method: step.method ?? (body === undefined ? "GET" : "POST"),
    url: new URL(at(step.url)),
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    body: body === undefined ? undefined : isJson ? JSON.stringify(body) : String(body),
  };
}

function takeOne(from: string, headers: AnswerHeaders, document: unknown): string | undefined {
  const [, kind, name = ""] = /^(header|cookie):(.+)$/.exec(from) ?? [];
  if (kind === "header") return headers.get(name) ?? undefined;
  if (kind === "cookie") {
    const cookie = headers.getSetCookie().find((one) => one.startsWith(`${name}=`));
    return cookie?.slice(name.length + 1).split(";")[0];
  }
  const path: JsonPath = parsePath(from);
  const value = valueAt(path, document);
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}
