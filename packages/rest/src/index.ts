/** What authors of taps for REST APIs use. Names of `@tapline/sdk` that they need are exported here too. */
export { type Chunk, defineErrors, type Json, type JsonSchema, type Row, runTap, type Static, Type } from "@tapline/sdk";
export type { Auth, AuthMaker, AuthParts, SecretPlace } from "./auth/auth.ts";
export { type AwsOptions, awsSigV4 } from "./auth/aws-sigv4.ts";
export { type DeviceCodeOptions, deviceCode } from "./auth/device-code.ts";
export { type HmacOptions, hmac } from "./auth/hmac.ts";
export { type JwtOptions, jwt, signJwt } from "./auth/jwt.ts";
export { type LoginOptions, type LoginStep, login } from "./auth/login.ts";
export { type OAuth2Options, oauth2 } from "./auth/oauth2.ts";
export { fileSecrets } from "./auth/secrets-file.ts";
export { type ApiKeyOptions, apiKey, basic, bearer, tokensInTurn } from "./auth/static.ts";
export {
  type ColumnOf,
  graphql,
  type Incremental,
  type Job,
  type RestStream,
  type RestStreamDefinition,
  type RowOf,
  restStream,
} from "./define/rest-stream.ts";
export { openRest, type RestTapDefinition, restTap } from "./define/rest-tap.ts";
export { restErrorCatalogue } from "./errors.ts";
export type { ApiOptions } from "./http/client.ts";
export type { RateOptions } from "./http/limiter.ts";
export type { RateHeaders, ResponseAction, ResponseRule } from "./http/policy.ts";
export { guessSchema } from "./infer/schema-guess.ts";
export type { Params, Place, RequestParts, SignedRequest, Value } from "./model.ts";
export type {
  CursorPaging,
  CustomPaging,
  LinkPaging,
  OffsetPaging,
  PagePaging,
  PagePatch,
  PageSeen,
  Paging,
  TokenPlace,
} from "./paging/paging.ts";
export type { RecordFormat } from "./records/decode.ts";
export { type JsonPath, parsePath, valueAt, valuesAt } from "./records/json-path.ts";
export { parseDuration } from "./time/duration.ts";
export { formatInstant, type InstantFormat, instantOf } from "./time/instant.ts";
