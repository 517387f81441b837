/** Requests that are signed with a shared secret, in the form each API has of its own. */
import { createHmac } from "node:crypto";
import type { SignedRequest } from "../model.ts";
import type { AuthMaker } from "./auth.ts";

export interface HmacOptions {
  readonly secret: string;
  /** The text that is signed; `timestamp` is in seconds since 1970. */
  readonly message: (request: Readonly<SignedRequest>, timestamp: number) => string;
  /** The header that gets the signature. */
  readonly header: string;
  /** Makes the header's value. Default: the signature alone. */
  readonly value?: (signature: string, timestamp: number) => string;
  /** Headers beside it, such as the key's id and the timestamp. */
  readonly headers?: (timestamp: number) => Readonly<Record<string, string>>;
  /** Default: sha256. */
  readonly algorithm?: "sha1" | "sha256" | "sha384" | "sha512";
  /** Default: hex. */
  readonly encoding?: "hex" | "base64" | "base64url";
}

/** @example hmac({ secret, header: "x-signature", message: ({ method, url }, time) => `${time}${method}${url.pathname}` }) */
export function hmac(options: HmacOptions): AuthMaker {
  const { secret, message, header, value = (signature) => signature, headers, algorithm = "sha256", encoding = "hex" } = options;
  return () => ({
    sign(request) {
      const timestamp = Math.floor(Date.now() / 1000);
      const signature = createHmac(algorithm, secret).update(message(request, timestamp)).digest(encoding);
      for (const [name, text] of Object.entries(headers?.(timestamp) ?? {})) request.headers[name.toLowerCase()] = text;
      request.headers[header.toLowerCase()] = value(signature, timestamp);
    },
    secrets: () => [secret],
  });
}
