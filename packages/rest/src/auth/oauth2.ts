/**
 * OAuth 2: an access token by client credentials, by a password, by a refresh token, or by a signed assertion (RFC 6749, RFC 7523). A refresh
 * token that the server replaces at each use is kept before the new one is used, by compare-and-set: of two runs at once one gets it, and
 * the other reads what the first has kept.
 */
import { createHash } from "node:crypto";
import { isObject } from "@tapline/protocol";
import { restErrors } from "../errors.ts";
import { describeAnswer, describeRequest } from "../http/describe.ts";
import type { PlainRequest } from "../model.ts";
import { parseDocument } from "../records/decode.ts";
import type { AuthMaker, AuthParts } from "./auth.ts";
import { type JwtOptions, signJwt } from "./jwt.ts";
import { type AccessToken, holdToken } from "./token-holder.ts";

export interface OAuth2Options {
  readonly tokenUrl: string;
  /** Default: client_credentials, or refresh_token where there is one, or password where there is a username. */
  readonly grant?: "client_credentials" | "refresh_token" | "password" | "jwt_bearer";
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly refreshToken?: string;
  readonly username?: string;
  readonly password?: string;
  readonly scope?: string;
  /** What is signed, for jwt_bearer. */
  readonly assertion?: JwtOptions;
  /** How the client shows its id and secret. Default: body. */
  readonly clientAuth?: "body" | "basic";
  /** Is sent as JSON in place of a form. */
  readonly sendJson?: boolean;
  /** More parameters of the request for a token. */
  readonly params?: Readonly<Record<string, string>>;
  /** Seconds that a token is good for where the server does not say. */
  readonly lifetime?: number;
  /** Names in the answer. Defaults: access_token, expires_in, refresh_token. */
  readonly names?: { readonly accessToken?: string; readonly expiresIn?: string; readonly refreshToken?: string };
}

/** @example oauth2({ tokenUrl: "https://auth.example.com/token", clientId, clientSecret }) */
export function oauth2(options: OAuth2Options): AuthMaker {
  return (parts) => {
    const auth = holdToken(() => tokenBy(options, parts));
    const own = [options.clientSecret, options.refreshToken, options.password].filter((text) => text !== undefined);
    return { ...auth, secrets: () => [...own, ...(auth.secrets?.() ?? [])] };
  };
}

async function tokenBy(options: OAuth2Options, parts: AuthParts): Promise<AccessToken> {
  const grant =
    options.grant ??
    (options.refreshToken !== undefined ? "refresh_token" : options.username !== undefined ? "password" : "client_credentials");
  if (grant === "refresh_token") return tokenByRefresh(options, parts);
  if (grant === "password") {
    const { username = "", password = "" } = options;
    return (await ask(options, parts, { grant_type: "password", username, password })).token;
  }
  if (grant === "client_credentials") return (await ask(options, parts, { grant_type: "client_credentials" })).token;
  if (options.assertion === undefined) throw restErrors.credentials_invalid({ what: "oauth2", reason: "jwt_bearer needs an assertion" });
  const assertion = signJwt(options.assertion);
  return (await ask(options, parts, { grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion })).token;
}

/** What is kept of a refresh token: `of` names the token of the settings that it came from, so that a new login there wins. */
interface KeptToken {
  of: string;
  token: string;
}

async function tokenByRefresh(options: OAuth2Options, parts: AuthParts): Promise<AccessToken> {
  const given = options.refreshToken ?? "";
  const of = createHash("sha256").update(given).digest("hex").slice(0, 16);
  const name = `refresh_token ${new URL(options.tokenUrl).host}${options.clientId === undefined ? "" : ` ${options.clientId}`}`;
  const place = parts.secretPlace;
  for (let round = 1; ; round++) {
    const kept = await place?.get(name);
    const current = readKept(kept, of) ?? given;
    let answer: TokenAnswer;
    try {
      answer = await ask(options, parts, { grant_type: "refresh_token", refresh_token: current });
    } catch (error) {
      // Another run may have used the token a moment ago: then it has kept a new one.
      if (round < 3 && (await place?.get(name)) !== kept) continue;
      throw error;
    }
    const { token, refreshToken } = answer;
    if (refreshToken === undefined || refreshToken === current) return token;
    if (place === undefined) throw restErrors.secret_place_missing({ name: "refresh token" });
    const next = JSON.stringify({ of, token: refreshToken } satisfies KeptToken);
    const isKept = await place.swap(name, kept, next).catch((error: unknown) => {
      throw restErrors.secret_not_kept({ name: "refresh token", reason: (error as Error).message }, {}, error);
    });
    if (isKept) return token;
    if (round >= 3) throw restErrors.secret_not_kept({ name: "refresh token", reason: "other runs change it at the same time" });
  }
}

function readKept(kept: string | undefined, of: string): string | undefined {
  if (kept === undefined) return undefined;
  try {
    const value = JSON.parse(kept) as Partial<KeptToken>;
    return value.of === of && typeof value.token === "string" ? value.token : undefined;
  } catch {
    return undefined;
  }
}

interface TokenAnswer {
  token: AccessToken;
  refreshToken: string | undefined;
}

async function ask(options: OAuth2Options, parts: AuthParts, grant: Record<string, string>): Promise<TokenAnswer> {
  const { names = {} } = options;
  const request = tokenRequest(options, grant);
  await using answer = await parts
    .send(request)
    .then(({ status, body }) => ({ status, body, [Symbol.asyncDispose]: () => body[Symbol.asyncDispose]() }));
  const described = describeRequest(request);
  const hide = (text: string): string => hideAll(text, [...Object.values(grant), options.clientSecret ?? ""]);
  if (answer.status < 200 || answer.status > 299)
    throw restErrors.token_refused({ request: described, reason: `${answer.status}${await describeAnswer(answer.body, hide)}` });
  const document = await parseDocument(answer.body, described);
  const fields = isObject(document) ? document : {};
  const value = fields[names.accessToken ?? "access_token"];
  if (typeof value !== "string" || value === "")
    throw restErrors.token_refused({ request: described, reason: `without a ${names.accessToken ?? "access_token"}` });
  const seconds = Number(fields[names.expiresIn ?? "expires_in"] ?? options.lifetime ?? Number.NaN);
  const refreshToken = fields[names.refreshToken ?? "refresh_token"];
  return {
    token: { value, endsAt: Number.isFinite(seconds) ? Date.now() + seconds * 1000 : undefined },
    refreshToken: typeof refreshToken === "string" && refreshToken !== "" ? refreshToken : undefined,
  };
}

function tokenRequest(options: OAuth2Options, grant: Record<string, string>): PlainRequest {
  const { clientId, clientSecret, clientAuth = "body", scope, params } = options;
  const headers: Record<string, string> = { accept: "application/json" };
  const fields: Record<string, string> = { ...grant, ...(scope !== undefined && { scope }), ...params };
  if (clientAuth === "basic") {
    const pair = `${encodeURIComponent(clientId ?? "")}:${encodeURIComponent(clientSecret ?? "")}`;
    headers.authorization = `Basic ${Buffer.from(pair).toString("base64")}`;
  } else
    Object.assign(fields, clientId !== undefined && { client_id: clientId }, clientSecret !== undefined && { client_secret: clientSecret });
  headers["content-type"] = options.sendJson ? "application/json" : "application/x-www-form-urlencoded";
  const body = options.sendJson ? JSON.stringify(fields) : new URLSearchParams(fields).toString();
  return { method: "POST", url: new URL(options.tokenUrl), headers, body };
}

function hideAll(text: string, secrets: readonly string[]): string {
  return secrets.filter((secret) => secret.length >= 4).reduce((shown, secret) => shown.replaceAll(secret, "***"), text);
}
