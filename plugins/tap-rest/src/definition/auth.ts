/** Credentials of a description, with the values filled in. */
import {
  type ApiKeyOptions,
  type AuthMaker,
  apiKey,
  awsSigV4,
  basic,
  bearer,
  deviceCode,
  hmac,
  type JwtOptions,
  jwt,
  login,
  oauth2,
  tokensInTurn,
} from "@tapline/rest";
import type { AuthSettings } from "./schema.ts";
import { fill, fillDeep, type Values } from "./template.ts";

export function authOf(settings: AuthSettings, values: Values): AuthMaker {
  // These have holes that are filled at each request.
  if (settings.type === "hmac") return hmacOf(settings, values);
  if (settings.type === "login_steps") return loginStepsOf(settings, values);
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
    case "tokens":
      return tokensInTurn(auth.tokens.map(String));
    case "device_code": {
      const { device_url: deviceUrl, token_url: tokenUrl, client_id: clientId, client_secret: clientSecret, scope } = auth;
      return deviceCode({
        deviceUrl,
        tokenUrl,
        clientId,
        ...(clientSecret !== undefined && { clientSecret }),
        ...(scope !== undefined && { scope }),
      });
    }
    case "login":
      return loginOf(auth);
    default:
      throw new Error(`no credentials of the type ${auth.type}`);
  }
}

type SettingsOf<T extends AuthSettings["type"]> = Extract<AuthSettings, { type: T }>;

function hmacOf({ secret, message, header, value, headers = {}, algorithm, encoding }: SettingsOf<"hmac">, values: Values): AuthMaker {
  const filled = (text: string, more: Values): string =>
    fill(text.replace(/\{\{\s*(\w+)\s*\}\}/g, "{{ config.$1 }}"), { ...values, ...more });
  return hmac({
    secret: fill(secret, values),
    header,
    message: ({ method, url, body = "" }, timestamp) =>
      filled(message, { method, path: url.pathname, query: url.searchParams.toString(), body, timestamp }),
    headers: (timestamp) => Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, filled(text, { timestamp })])),
    ...(value !== undefined && { value: (signature, timestamp) => filled(value, { signature, timestamp }) }),
    ...(algorithm !== undefined && { algorithm }),
    ...(encoding !== undefined && { encoding }),
  });
}

function loginStepsOf({ steps, send, lifetime }: SettingsOf<"login_steps">, values: Values): AuthMaker {
  const own = (text: string): string => text.replace(/\{\{\s*taken\.(\w+)\s*\}\}/g, "{{ config.taken_$1 }}");
  const withTaken = (taken: Readonly<Record<string, string>>): Values => ({
    ...values,
    ...Object.fromEntries(Object.entries(taken).map(([name, value]) => [`taken_${name}`, value])),
  });
  const deep = (value: unknown, taken: Readonly<Record<string, string>>): unknown =>
    fillDeep(JSON.parse(own(JSON.stringify(value))), withTaken(taken));
  const names = steps.flatMap(({ take }) => Object.keys(take));
  return login({
    token: names.at(-1) ?? "",
    steps: steps.map(({ url, method, headers, body, take }) => ({
      url: (taken) => fill(own(url), withTaken(taken)),
      take,
      ...(method !== undefined && { method }),
      ...(headers !== undefined && { headers: (taken) => deep(headers, taken) as Record<string, string> }),
      ...(body !== undefined && { body: (taken: Readonly<Record<string, string>>) => deep(body, taken) }),
    })),
    place: (request, _token, taken) => {
      for (const [name, text] of Object.entries(send)) request.headers[name.toLowerCase()] = fill(own(text), withTaken(taken));
    },
    secrets: Object.values(values).filter((value) => typeof value === "string"),
    ...(lifetime !== undefined && { lifetime }),
  });
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
