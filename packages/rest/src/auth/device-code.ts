/**
 * OAuth 2 by a device code (RFC 8628): a person opens an address and types a code, while the tap asks for the token. The refresh token is kept, so
 * that the next runs need nobody; where there is no place to keep it, each run asks anew.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { isObject } from "@tapline/protocol";
import { restErrors } from "../errors.ts";
import { describeRequest } from "../http/describe.ts";
import type { PlainRequest } from "../model.ts";
import { parseDocument } from "../records/decode.ts";
import type { AuthMaker, AuthParts } from "./auth.ts";
import { type AccessToken, holdToken } from "./token-holder.ts";

export interface DeviceCodeOptions {
  /** Gives the code, such as https://auth.example.com/device/code. */
  readonly deviceUrl: string;
  readonly tokenUrl: string;
  readonly clientId: string;
  /** For servers that want it although the client is public. */
  readonly clientSecret?: string;
  readonly scope?: string;
}

type Fields = Readonly<Record<string, unknown>>;

/** @example deviceCode({ deviceUrl: `${url}/device/code`, tokenUrl: `${url}/token`, clientId: "tapline", scope: "read" }) */
export function deviceCode(options: DeviceCodeOptions): AuthMaker {
  return (parts) => {
    let refresh: string | undefined;
    const name = `refresh_token ${new URL(options.tokenUrl).host} ${options.clientId}`;
    const keep = async (kept: string | undefined, fields: Fields): Promise<void> => {
      const next = fields.refresh_token;
      if (typeof next !== "string" || next === refresh) return;
      refresh = next;
      if (parts.secretPlace === undefined)
        return parts.log("warning", "there is no place to keep the refresh token: the next run asks for a code again");
      await parts.secretPlace.swap(name, kept, next);
    };
    const auth = holdToken(async () => {
      const kept = await parts.secretPlace?.get(name);
      refresh ??= kept;
      const renewed =
        refresh === undefined ? undefined : await ask(options, parts, { grant_type: "refresh_token", refresh_token: refresh });
      const fields = renewed?.isGiven === true ? renewed.fields : await byPerson(options, parts);
      await keep(kept, fields);
      return tokenOf(fields);
    });
    return {
      ...auth,
      secrets: () => [options.clientSecret ?? "", refresh ?? "", ...(auth.secrets?.() ?? [])],
    };
  };
}

/** @throws token_refused where nobody typed the code in time, or the person said no */
async function byPerson(options: DeviceCodeOptions, parts: AuthParts): Promise<Fields> {
  const { deviceUrl, clientId, scope } = options;
  const request = formRequest(deviceUrl, { client_id: clientId, ...(scope !== undefined && { scope }) });
  const { fields: device, isGiven } = await answerTo(request, parts);
  const { device_code: code, user_code: shown, verification_uri: address, verification_uri_complete: whole } = device;
  const refused = (reason: string): Error => restErrors.token_refused({ request: describeRequest(request), reason });
  if (!isGiven || typeof code !== "string")
    throw refused(`no device code${typeof device.error === "string" ? `, but ${device.error}` : ""}`);
  parts.log(
    "warning",
    `open ${address ?? whole} and type the code ${shown}, to let this tap read${whole === undefined ? "" : `; or open ${whole}`}`,
  );
  let seconds = Number(device.interval ?? 5);
  for (const until = Date.now() + Number(device.expires_in ?? 900) * 1000; Date.now() < until; ) {
    await sleep(seconds * 1000, undefined, { signal: parts.signal });
    const asked = await ask(options, parts, { grant_type: "urn:ietf:params:oauth:grant-type:device_code", device_code: code });
    if (asked.isGiven) return asked.fields;
    if (asked.fields.error === "slow_down") seconds += 5;
    else if (asked.fields.error !== "authorization_pending") throw refused(String(asked.fields.error ?? "no reason"));
  }
  throw refused("that the code ended before somebody typed it");
}

function ask(options: DeviceCodeOptions, parts: AuthParts, grant: Record<string, string>): Promise<{ fields: Fields; isGiven: boolean }> {
  const { tokenUrl, clientId, clientSecret } = options;
  return answerTo(
    formRequest(tokenUrl, { ...grant, client_id: clientId, ...(clientSecret !== undefined && { client_secret: clientSecret }) }),
    parts,
  );
}

async function answerTo(request: PlainRequest, parts: AuthParts): Promise<{ fields: Fields; isGiven: boolean }> {
  const { status, body } = await parts.send(request);
  await using whole = body;
  const document = await parseDocument(whole, describeRequest(request));
  return { fields: isObject(document) ? document : {}, isGiven: status >= 200 && status < 300 };
}

function formRequest(url: string, fields: Record<string, string>): PlainRequest {
  const headers = { accept: "application/json", "content-type": "application/x-www-form-urlencoded" };
  return { method: "POST", url: new URL(url), headers, body: new URLSearchParams(fields).toString() };
}

function tokenOf({ access_token: value, expires_in: seconds }: Fields): AccessToken {
  if (typeof value !== "string")
    throw restErrors.credentials_invalid({ what: "The answer for the device code", reason: "it has no access_token" });
  return { value, endsAt: seconds === undefined ? undefined : Date.now() + Number(seconds) * 1000 };
}
