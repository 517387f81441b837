/** One holder of an access token for all streams of a run: it is got once, renewed before it ends, and by one request however many wait. */
import type { SignedRequest } from "../model.ts";
import type { Auth } from "./auth.ts";

export interface AccessToken {
  readonly value: string;
  /** Milliseconds since 1970; undefined: the server did not say. */
  readonly endsAt?: number | undefined;
}

/** A token is renewed so long before its end that a request with it arrives. */
const marginMs = 60_000;

/** `place` puts the token on a request. Default: as a bearer token. */
export function holdToken(get: () => Promise<AccessToken>, place: (request: SignedRequest, token: string) => void = asBearer): Auth {
  let token: AccessToken | undefined;
  let renewAt = Number.POSITIVE_INFINITY;
  let pending: Promise<AccessToken> | undefined;
  const fresh = (): Promise<AccessToken> => {
    pending ??= get()
      .then((next) => {
        token = next;
        const left = next.endsAt === undefined ? Number.POSITIVE_INFINITY : next.endsAt - Date.now();
        renewAt = Date.now() + Math.max(left - marginMs, left / 2);
        return next;
      })
      .finally(() => {
        pending = undefined;
      });
    return pending;
  };
  return {
    async sign(request) {
      const current = token === undefined || Date.now() >= renewAt || pending !== undefined ? await fresh() : token;
      place(request, current.value);
      return current;
    },
    async renew(used) {
      if (used === token || token === undefined) await fresh();
      return true;
    },
    secrets: () => (token === undefined ? [] : [token.value]),
  };
}

export function asBearer(request: SignedRequest, token: string): void {
  request.headers.authorization = `Bearer ${token}`;
}
