/** The credentials of a manifest. */
import { isObject } from "@tapline/protocol";
import type { AuthSettings } from "../definition/schema.ts";
import type { Component, Notes } from "./component.ts";
import { template } from "./template.ts";

export function importAuth(given: Component | undefined, notes: Notes): AuthSettings | undefined {
  if (!isObject(given) || given.type === "NoAuth") return undefined;
  const note = (what: string): void => notes.add("", what);
  const auth = given as Component;
  const text = (value: unknown): string =>
    template(
      String(value ?? ""),
      (expression) => note(`the expression {{ ${expression} }} of the credentials`),
      new Map(),
      auth.$parameters,
    );
  switch (auth.type) {
    case "BearerAuthenticator":
      return { type: "bearer", token: text(auth.api_token) };
    case "BasicHttpAuthenticator":
      return { type: "basic", username: text(auth.username), password: text(auth.password) };
    case "ApiKeyAuthenticator":
      return apiKeyOf(auth, text, note);
    case "OAuthAuthenticator":
      return oauthOf(auth, text, note);
    case "JwtAuthenticator":
      return {
        type: "jwt",
        key: text(auth.secret_key),
        algorithm: String(auth.algorithm ?? "RS256"),
        claims: { ...auth.jwt_payload, ...auth.additional_jwt_payload },
      };
    case "SelectiveAuthenticator": {
      const choices = Object.values((auth.authenticators ?? {}) as Record<string, Component>);
      const known = choices.find((one) => /^(Bearer|ApiKey|Basic|OAuth)/.test(String(one.type)));
      note(`a choice of credentials by a setting: ${JSON.stringify(known?.type)} is taken`);
      return importAuth(known, notes);
    }
    default:
      note(`the credentials ${JSON.stringify(auth.type)}`);
      return undefined;
  }
}

function apiKeyOf(auth: Component, text: (value: unknown) => string, note: (what: string) => void): AuthSettings | undefined {
  const option = (auth.inject_into ?? {}) as Component;
  const into = option.inject_into ?? "header";
  if (into !== "header" && into !== "request_parameter") {
    note(`a key in ${JSON.stringify(into)}`);
    return undefined;
  }
  return {
    type: "api_key",
    name: text(option.field_name ?? auth.header),
    value: text(auth.api_token),
    in: into === "header" ? "header" : "query",
  };
}

function oauthOf(auth: Component, text: (value: unknown) => string, note: (what: string) => void): AuthSettings {
  const grant = String(auth.grant_type ?? "refresh_token");
  if (grant !== "refresh_token" && grant !== "client_credentials") note(`the grant ${JSON.stringify(grant)} of the credentials`);
  if (auth.access_token_name !== undefined && auth.access_token_name !== "access_token")
    note(`the name ${JSON.stringify(auth.access_token_name)} of the token in the answer`);
  if (isObject(auth.refresh_request_body) && Object.keys(auth.refresh_request_body).length > 0)
    note("more parameters of the request for a token");
  return {
    type: "oauth2",
    token_url: text(auth.token_refresh_endpoint),
    grant: grant === "client_credentials" ? "client_credentials" : "refresh_token",
    client_id: text(auth.client_id),
    client_secret: text(auth.client_secret),
    ...(auth.refresh_token !== undefined && grant !== "client_credentials" && { refresh_token: text(auth.refresh_token) }),
    ...(Array.isArray(auth.scopes) && auth.scopes.length > 0 && { scope: auth.scopes.join(" ") }),
  };
}
