/** Credentials of a description, with the values filled in. */
import { type ApiKeyOptions, type AuthMaker, apiKey, awsSigV4, basic, bearer, type JwtOptions, jwt, login, oauth2 } from "@tapline/rest";
import type { AuthSettings } from "./schema.ts";
import { fillDeep, type Values } from "./template.ts";

export function authOf(settings: AuthSettings, values: Values): AuthMaker {
  const auth = fillDeep(settings, values) as unknown as AuthSettings;
  switch (auth.type) {
    case "basic":
      return basic(String(auth.username), auth.password === undefined ? "" : String(auth.password));
    case "bearer":
      return bearer(String(auth.token));
    case "api_key":
      return apiKey({ name: auth.name, value: String(auth.value), ...(auth.in !== undefined && { in: auth.in }) } satisfies ApiKeyOptions);
    case "aws": {
      const { access_key_id: accessKeyId, secret_access_key: secretAccessKey, session_token: sessionToken, region, service } = auth;
      return awsSigV4({ accessKeyId, secretAccessKey, region, service, ...(sessionToken !== undefined && { sessionToken }) });
    }
    case "jwt": {
      const { type: _, ...options } = auth;
      return jwt(options as JwtOptions);
    }
    case "oauth2":
      return oauth2Of(auth);
    case "login":
      return loginOf(auth);
  }
}

function oauth2Of(auth: Extract<AuthSettings, { type: "oauth2" }>): AuthMaker {
  const { key, algorithm, claims } = auth;
  const assertion =
    key === undefined
      ? undefined
      : ({ key, ...(algorithm !== undefined && { algorithm }), ...(claims !== undefined && { claims }) } as JwtOptions);
  const options = {
    tokenUrl: auth.token_url,
    grant: auth.grant,
    clientId: auth.client_id,
    clientSecret: auth.client_secret,
    refreshToken: auth.refresh_token,
    username: auth.username,
    password: auth.password,
    scope: auth.scope,
    clientAuth: auth.client_auth,
    sendJson: auth.send_json,
    params: auth.params,
    lifetime: auth.lifetime,
    assertion,
  };
  return oauth2(
    Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as unknown as Parameters<typeof oauth2>[0],
  );
}

function loginOf({ url, body, headers, token, send_as: sendAs, lifetime }: Extract<AuthSettings, { type: "login" }>): AuthMaker {
  return login({
    steps: [{ url, take: { token }, ...(body !== undefined && { body }), ...(headers !== undefined && { headers }) }],
    secrets: Object.values(body ?? {}).filter((value) => typeof value === "string"),
    ...(lifetime !== undefined && { lifetime }),
    ...(sendAs !== undefined && {
      place: (request, value) => {
        request.headers[sendAs.toLowerCase()] = value;
      },
    }),
  });
}
