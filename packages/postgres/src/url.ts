/** What a connection URL of SQLAlchemy or libpq for PostgreSQL names. Pure. */
import { readConnectionUrl as readUrl, type ConnectionUrl as SharedUrl, type UrlForm } from "@tapline/sdk/connection";
import { errors } from "./errors.ts";

export interface ConnectionUrl extends SharedUrl {
  applicationName?: string;
  connectTimeoutMs?: number;
}

const form: UrlForm<ConnectionUrl> = {
  protocol: /^postgres(ql)?(\+\w+)?:$/,
  otherProtocol: "it does not start with postgresql://",
  parameters: {
    host: (host) => ({ host }),
    port: (port) => ({ port: Number(port) }),
    user: (user) => ({ user }),
    password: (password) => ({ password }),
    dbname: (database) => ({ database }),
    sslmode: (tlsMode) => ({ tlsMode }),
    sslrootcert: (authority) => ({ authority }),
    sslcert: (certificate) => ({ certificate }),
    sslkey: (key) => ({ key }),
    application_name: (applicationName) => ({ applicationName }),
    connect_timeout: (seconds) => ({ connectTimeoutMs: Number(seconds) * 1000 }),
  },
  refuse: (reason) => errors.postgres_url_invalid({ reason }),
};

/** libpq allows a URL with a user and no host, for a socket that a parameter names; the URL parser does not. */
const withoutHost = /^([a-z][a-z0-9+]*:\/\/[^/?#@]*@)(?=[/:?]|$)/i;
const noHost = "no-host.invalid";

/** @throws postgres_url_invalid */
export function readConnectionUrl(text: string): ConnectionUrl {
  const { host, ...rest } = readUrl(text.replace(withoutHost, `$1${noHost}`), form);
  const found: ConnectionUrl = host === undefined || host === noHost ? rest : { host, ...rest };
  if (found.port !== undefined && !(found.port >= 1 && found.port <= 65_535)) throw form.refuse("the port is no port");
  if (Number.isNaN(found.connectTimeoutMs)) throw form.refuse("connect_timeout is no number");
  return found;
}
