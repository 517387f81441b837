/** The settings of the connection, and the options they result in. Names as in MeltanoLabs' and PipelineWise's taps. */
import { type SettingAliases, type Static, type TObject, Type } from "@tapline/sdk";
import { type ConnectionUrl, certificateSettings, tlsModeOf } from "@tapline/sdk/connection";
import { errors } from "./errors.ts";
import { readConnectionUrl } from "./url.ts";

const modes = ["disable", "prefer", "require", "verify-ca", "verify-full"] as const;
export type TlsMode = (typeof modes)[number];

export const connectionSettings = {
  host: Type.Optional(Type.String({ minLength: 1, description: "Server, by name or address; a path is its Unix socket." })),
  port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535, default: 3306, description: "The server's port." })),
  user: Type.Optional(Type.String({ minLength: 1, description: "User to log in with." })),
  password: Type.Optional(Type.String({ secret: true, description: "Its password." })),
  database: Type.Optional(
    Type.String({
      minLength: 1,
      description: "Database to read, which is the schema of its streams. Default: all that the user may read.",
    }),
  ),
  sqlalchemy_url: Type.Optional(
    Type.String({
      secret: true,
      description: "All of the above as mysql://user:password@host:3306/database. What it names wins over the single settings.",
    }),
  ),
  ssl_enable: Type.Optional(
    Type.Boolean({
      description: "true: encrypt as set in ssl_mode. Not set or false: encrypt where the server can (prefer), unless ssl_mode is set.",
    }),
  ),
  // Spelt out: a union made by map() has no static type.
  ssl_mode: Type.Optional(
    Type.Union(
      [Type.Literal("disable"), Type.Literal("prefer"), Type.Literal("require"), Type.Literal("verify-ca"), Type.Literal("verify-full")],
      {
        description:
          "disable, prefer, require (encrypted, unchecked), verify-ca (signed by the authority), verify-full (and for this host). Default with ssl_enable: verify-full.",
      },
    ),
  ),
  ...certificateSettings,
  session_sqls: Type.Optional(
    Type.Array(Type.String({ minLength: 1 }), {
      description:
        "Statements to run after logging in, such as SET SESSION max_statement_time = 0. They are SQL of the person who writes them.",
    }),
  ),
  connect_timeout_ms: Type.Optional(Type.Integer({ minimum: 0, default: 30_000, description: "Longest wait for the server to answer." })),
  statement_timeout_ms: Type.Optional(
    Type.Integer({ minimum: 0, description: "Longest time of one statement; 0: none. Default: the server's." }),
  ),
  lock_timeout_ms: Type.Optional(
    Type.Integer({
      minimum: 1000,
      description: "Longest wait for a table that is being altered, in steps of a second. Default: the server's.",
    }),
  ),
};

export const connectionAliases: SettingAliases = {
  username: "user",
  ssl_ca: "ssl_certificate_authority",
  ssl_cert: "ssl_client_certificate",
  ssl_key: "ssl_client_private_key",
};

export type ConnectionConfig = Static<TObject<typeof connectionSettings>>;

export interface ConnectionOptions {
  host: string;
  port: number;
  user: string;
  password: string | undefined;
  database: string | undefined;
  tls: { mode: TlsMode; authority: string | undefined; certificate: string | undefined; key: string | undefined };
  sessionSqls: readonly string[];
  connectTimeoutMs: number;
  statementTimeoutMs: number | undefined;
  lockTimeoutMs: number | undefined;
}

/** @throws mysql_settings_missing, mysql_url_invalid, mysql_tls_settings_contradict */
export function connectionOptions(config: ConnectionConfig): ConnectionOptions {
  const url: ConnectionUrl = config.sqlalchemy_url === undefined ? {} : readConnectionUrl(config.sqlalchemy_url);
  const host = url.host ?? config.host;
  const user = url.user ?? config.user;
  const missing = Object.entries({ host, user }).flatMap(([name, value]) => (value === undefined ? [name] : []));
  if (host === undefined || user === undefined) throw errors.mysql_settings_missing({ missing });
  return {
    host,
    port: url.port ?? config.port ?? 3306,
    user,
    password: url.password ?? config.password,
    database: url.database ?? config.database,
    tls: {
      mode: tlsModeOf(config, url.tlsMode, tlsRules),
      authority: url.authority ?? config.ssl_certificate_authority,
      certificate: url.certificate ?? config.ssl_client_certificate,
      key: url.key ?? config.ssl_client_private_key,
    },
    sessionSqls: config.session_sqls ?? [],
    connectTimeoutMs: config.connect_timeout_ms ?? 30_000,
    statementTimeoutMs: config.statement_timeout_ms,
    lockTimeoutMs: config.lock_timeout_ms,
  };
}

const tlsRules = {
  modes,
  refuse: () => errors.mysql_url_invalid({ reason: `ssl_mode is none of ${modes.join(", ")}` }),
  contradict: (mode: TlsMode) => errors.mysql_tls_settings_contradict({ mode }),
};
