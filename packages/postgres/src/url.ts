/** Takes a connection URL of SQLAlchemy or libpq apart. Pure. No part of the URL is ever in an error. */
import { errors } from "./errors.ts";

export interface ConnectionUrl {
  host?: string;
  port?: number;
  user?: string;
  password?: string;
  database?: string;
  tlsMode?: string;
  authority?: string;
  certificate?: string;
  key?: string;
  applicationName?: string;
  connectTimeoutMs?: number;
}

/** The setting of each parameter after "?". */
const parameters: Record<string, (value: string) => ConnectionUrl> = {
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
};

/** libpq allows a URL with a user and no host, for a socket that a parameter names; the URL parser does not. */
const withoutHost = /^([a-z][a-z0-9+]*:\/\/[^/?#@]*@)(?=[/:?]|$)/i;
const noHost = "no-host.invalid";

/** @throws postgres_url_invalid */
export function readConnectionUrl(text: string): ConnectionUrl {
  const url = URL.parse(text.replace(withoutHost, `$1${noHost}`));
  if (url === null) throw errors.postgres_url_invalid({ reason: "it is no URL" });
  if (!/^postgres(ql)?(\+\w+)?:$/.test(url.protocol)) throw errors.postgres_url_invalid({ reason: "it does not start with postgresql://" });
  const found: ConnectionUrl = {
    ...part("host", url.hostname === noHost ? "" : url.hostname.replace(/^\[(.*)\]$/, "$1")),
    ...(url.port === "" ? {} : { port: Number(url.port) }),
    ...part("user", url.username),
    ...part("password", url.password),
    ...part("database", url.pathname.replace(/^\//, "")),
  };
  for (const [name, value] of url.searchParams) {
    const read = parameters[name];
    if (read === undefined)
      throw errors.postgres_url_invalid({ reason: `the parameter ${JSON.stringify(name.slice(0, 40))} is not supported` });
    Object.assign(found, read(value));
  }
  if (found.port !== undefined && !(found.port >= 1 && found.port <= 65_535))
    throw errors.postgres_url_invalid({ reason: "the port is no port" });
  if (Number.isNaN(found.connectTimeoutMs)) throw errors.postgres_url_invalid({ reason: "connect_timeout is no number" });
  return found;
}

function part(name: keyof ConnectionUrl, encoded: string): ConnectionUrl {
  if (encoded === "") return {};
  try {
    return { [name]: decodeURIComponent(encoded) };
  } catch {
    throw errors.postgres_url_invalid({ reason: `the ${name} is not percent-encoded correctly` });
  }
}
