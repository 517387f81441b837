/** What a connection URL of SQLAlchemy for MySQL names. Pure. */
import { type ConnectionUrl, readConnectionUrl as readUrl, type UrlForm } from "@tapline/sdk/connection";
import { errors } from "./errors.ts";

const clientModes: Readonly<Record<string, string>> = {
  disabled: "disable",
  preferred: "prefer",
  required: "require",
  verify_ca: "verify-ca",
  verify_identity: "verify-full",
  verify_full: "verify-full",
};

const form: UrlForm<ConnectionUrl> = {
  protocol: /^(mysql|mariadb)(\+\w+)?:$/,
  otherProtocol: "it starts neither with mysql:// nor with mariadb://",
  // Clients in C and Python spell the modes in their own ways.
  parameters: {
    ssl_mode: (mode) => ({ tlsMode: clientModes[mode.toLowerCase().replaceAll("-", "_")] ?? mode }),
    ssl_ca: (authority) => ({ authority }),
    ssl_cert: (certificate) => ({ certificate }),
    ssl_key: (key) => ({ key }),
    unix_socket: (host) => ({ host }),
    charset: () => ({}),
  },
  refuse: (reason) => errors.mysql_url_invalid({ reason }),
};

/** @throws mysql_url_invalid */
export const readConnectionUrl = (text: string): ConnectionUrl => readUrl(text, form);
