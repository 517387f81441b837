/** What credentials are to the client: something that signs a request, and may get better ones when they are refused. */
import type { SecretPlace } from "@tapline/sdk";
import type { Answer, PlainRequest, RunParts, SignedRequest } from "../model.ts";

export interface Auth {
  /** Puts credentials on the request. What it returns is given to `renew` when the request is refused. */
  sign(request: SignedRequest): Promise<unknown> | unknown;
  /** Called when a request with the credentials `used` was refused. false: there are no better ones. */
  renew?(used: unknown): Promise<boolean>;
  /** Texts that must not be shown. */
  secrets?(): readonly string[];
}

/** What credentials are made with. */
export interface AuthParts extends RunParts {
  /** Sends a request as it is, again where that may help. The answer may be a refusal. */
  send(request: PlainRequest): Promise<Answer>;
  /** undefined: there is no place. */
  readonly secretPlace: SecretPlace | undefined;
}

export type AuthMaker = (parts: AuthParts) => Auth;

export type { SecretPlace };
