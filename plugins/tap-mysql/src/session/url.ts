/** Takes a connection URL of SQLAlchemy apart. Pure. No part of the URL is ever in an error. */
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
}

/** The setting of each parameter after "?". Clients in C and Python spell the modes in their own ways. */
const parameters: Record<string, (value: string) => ConnectionUrl> = {
  ssl_mode: (mode) => ({ tlsMode: clientModes[mode.toLowerCase().replaceAll("-", "_")] ?? mode }),
  ssl_ca: (authority) => ({ authority }),
  ssl_cert: (certificate) => ({ certificate }),
  ssl_key: (key) => ({ key }),
  unix_socket: (host) => ({ host }),
  charset: () => ({}),
};

const clientModes: Readonly<Record<string, string>> = {
  disabled: "disable",
  preferred: "prefer",
  required: "require",
  verify_ca: "verify-ca",
  verify_identity: "verify-full",
  verify_full: "verify-full",
};

/** @throws mysql_url_invalid */
export function readConnectionUrl(text: string): ConnectionUrl {
  const url = URL.parse(text);
  if (url === null) throw errors.mysql_url_invalid({ reason: "it is no URL" });
  if (!/^(mysql|mariadb)(\+\w+)?:$/.test(url.protocol))
    throw errors.mysql_url_invalid({ reason: "it starts neither with mysql:// nor with mariadb://" });
  const found: ConnectionUrl = {
    ...part("host", url.hostname.replace(/^\[(.*)\]$/, "$1")),
    ...(url.port === "" ? {} : { port: Number(url.port) }),
    ...part("user", url.username),
    ...part("password", url.password),
    ...part("database", url.pathname.replace(/^\//, "")),
  };
  for (const [name, value] of url.searchParams) {
    const read = parameters[name];
    if (read === undefined)
      throw errors.mysql_url_invalid({ reason: `the parameter ${JSON.stringify(name.slice(0, 40))} is not supported` });
    Object.assign(found, read(value));
  }
  return found;
}

function part(name: keyof ConnectionUrl, encoded: string): ConnectionUrl {
  if (encoded === "") return {};
  try {
    return { [name]: decodeURIComponent(encoded) };
  } catch {
    throw errors.mysql_url_invalid({ reason: `the ${name} is not percent-encoded correctly` });
  }
}
