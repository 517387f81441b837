/** JSON Web Tokens (RFC 7519) that the client signs itself: as a bearer token, or as the assertion for an OAuth 2 token. */
import { createHmac, createPrivateKey, sign } from "node:crypto";
import { restErrors } from "../errors.ts";
import type { AuthMaker } from "./auth.ts";
import { holdToken } from "./token-holder.ts";

export interface JwtOptions {
  /** HS…: the shared secret. Others: a private key in PEM; "\n" in it may be written as two characters. */
  readonly key: string;
  /** Default: RS256. */
  readonly algorithm?: "HS256" | "HS384" | "HS512" | "RS256" | "RS384" | "RS512" | "ES256";
  /** The key is given in base64, for HS…. */
  readonly keyIsBase64?: boolean;
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, unknown>>;
  /** Seconds. Default: 600. */
  readonly lifetime?: number;
}

/** Sends a token that it signs itself. @example jwt({ key: config.private_key, claims: { iss: config.issuer } }) */
export function jwt(options: JwtOptions): AuthMaker {
  return () => {
    const auth = holdToken(async () => ({ value: signJwt(options), endsAt: Date.now() + (options.lifetime ?? 600) * 1000 }));
    return { ...auth, secrets: () => [options.key, ...(auth.secrets?.() ?? [])] };
  };
}

/** The token's text. `iat` and `exp` are added where the claims lack them. @throws credentials_invalid */
export function signJwt({ key, algorithm = "RS256", keyIsBase64, claims, header, lifetime = 600 }: JwtOptions, now = Date.now()): string {
  const seconds = Math.floor(now / 1000);
  const head = part({ alg: algorithm, typ: "JWT", ...header });
  const text = `${head}.${part({ iat: seconds, exp: seconds + lifetime, ...claims })}`;
  const hash = `sha${algorithm.slice(2)}`;
  try {
    if (algorithm.startsWith("HS")) {
      const secret = keyIsBase64 === true ? Buffer.from(key, "base64") : key;
      return `${text}.${createHmac(hash, secret).update(text).digest("base64url")}`;
    }
    const privateKey = createPrivateKey(key.replaceAll("\\n", "\n"));
    const signature = sign(hash, Buffer.from(text), algorithm === "ES256" ? { key: privateKey, dsaEncoding: "ieee-p1363" } : privateKey);
    return `${text}.${signature.toString("base64url")}`;
  } catch (error) {
    throw restErrors.credentials_invalid({ what: `the key for ${algorithm}`, reason: (error as Error).message }, {}, error);
  }
}

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
