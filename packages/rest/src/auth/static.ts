/** Credentials that stay the same: basic, a key in header, query or cookie, a bearer token, and several tokens in turn. */
import type { SignedRequest } from "../model.ts";
import type { AuthMaker } from "./auth.ts";

/** @example basic("user", "password") */
export function basic(username: string, password = ""): AuthMaker {
  const value = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
  return () => ({ sign: (request) => void setHeader(request, "authorization", value), secrets: () => [password, value.slice(6)] });
}

/** @example bearer(config.token) */
export function bearer(token: string): AuthMaker {
  return apiKey({ value: `Bearer ${token}`, name: "authorization" });
}

export interface ApiKeyOptions {
  readonly value: string;
  /** Of the header, parameter or cookie. */
  readonly name: string;
  /** Default: header. */
  readonly in?: "header" | "query" | "cookie";
}

/** @example apiKey({ name: "X-Api-Key", value: config.key }) */
export function apiKey(options: ApiKeyOptions): AuthMaker {
  return () => ({ sign: (request) => void placeKey(request, options), secrets: () => [options.value, options.value.replace(/^\w+ /, "")] });
}

export function placeKey(request: SignedRequest, { name, value, in: place = "header" }: ApiKeyOptions): void {
  if (place === "header") setHeader(request, name, value);
  else if (place === "query") request.url.searchParams.set(name, value);
  else {
    const cookie = `${name}=${encodeURIComponent(value)}`;
    setHeader(request, "cookie", request.headers.cookie === undefined ? cookie : `${request.headers.cookie}; ${cookie}`);
  }
}

function setHeader(request: SignedRequest, name: string, value: string): void {
  request.headers[name.toLowerCase()] = value;
}

/** Several tokens, each with a quota of its own: the next one is taken when the server refuses one. @example tokensInTurn(["a", "b"]) */
export function tokensInTurn(tokens: readonly string[]): AuthMaker {
  return () => {
    let at = 0;
    let refusals = 0;
    return {
      sign(request) {
        setHeader(request, "authorization", `Bearer ${tokens[at % tokens.length]}`);
        return at;
      },
      renew: async (used) => {
        if (used !== at) return true;
        if (++refusals >= tokens.length * 2) return false;
        at++;
        return tokens.length > 1;
      },
      secrets: () => tokens,
    };
  };
}
