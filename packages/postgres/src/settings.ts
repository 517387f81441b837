/** Settings of a PostgreSQL connection, as a plugin declares them, and the options they result in. Names as in MeltanoLabs' plugins. */
import { type SettingAliases, type Static, type TObject, Type } from "@tapline/sdk";
import { certificateSettings, tlsModeOf } from "@tapline/sdk/connection";
import { errors } from "./errors.ts";
import { type ConnectionUrl, readConnectionUrl } from "./url.ts";

const modes = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"] as const;
export type TlsMode = (typeof modes)[number];

// Spelt out: a union made by map() has no static type.
const tlsModes = Type.Union(
  [
    Type.Literal("disable"),
    Type.Literal("allow"),
    Type.Literal("prefer"),
    Type.Literal("require"),
    Type.Literal("verify-ca"),
    Type.Literal("verify-full"),
  ],
  {
    description:
      "disable, allow, prefer, require (encrypted, unchecked), verify-ca (signed by the authority), verify-full (and for this host). Default with ssl_enable: verify-full.",
  },
);

export const connectionSettings = {
  host: Type.Optional(Type.String({ minLength: 1, description: "Server, by name or address; a path is a folder with its Unix socket." })),
  port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535, default: 5432, description: "The server's port." })),
  user: Type.Optional(Type.String({ minLength: 1, description: "Role to log in with." })),
  password: Type.Optional(Type.String({ secret: true, description: "Its password." })),
  database: Type.Optional(Type.String({ minLength: 1, description: "Database to work in." })),
  sqlalchemy_url: Type.Optional(
    Type.String({
      secret: true,
      description:
        "All of the above as postgresql://user:password@host:5432/database?sslmode=require. What it names wins over the single settings.",
    }),
  ),
  ssl_enable: Type.Optional(
    Type.Boolean({
      description: "true: encrypt as set in ssl_mode. Not set or false: encrypt where the server can (prefer), unless ssl_mode is set.",
    }),
  ),
  ssl_mode: Type.Optional(tlsModes),
  ...certificateSettings,
  role: Type.Optional(Type.String({ minLength: 1, description: "Role to take after logging in (SET ROLE); it owns new tables." })),
  search_path: Type.Optional(
    Type.String({ description: "The session's search_path. Tables are always named with their schema; types and triggers may need it." }),
  ),
  application_name: Type.Optional(
    Type.String({ description: "As which the session shows in pg_stat_activity. Default: the plugin's name." }),
  ),
  connect_timeout_ms: Type.Optional(Type.Integer({ minimum: 0, default: 30_000, description: "Longest wait for the server to answer." })),
  statement_timeout_ms: Type.Optional(
    Type.Integer({ minimum: 0, description: "Longest time of one statement; 0: none. Default: the server's." }),
  ),
  lock_timeout_ms: Type.Optional(Type.Integer({ minimum: 0, description: "Longest wait for a lock; 0: none. Default: the server's." })),
  keepalive_idle_ms: Type.Optional(
    Type.Integer({ minimum: 0, default: 60_000, description: "Idle time after which the connection is probed; 0: never." }),
  ),
};

export const connectionAliases: SettingAliases = { dbname: "database", username: "user" };

export type ConnectionConfig = Static<TObject<typeof connectionSettings>>;

export interface ConnectionOptions {
  host: string;
  port: number;
  user: string;
  password: string | undefined;
  database: string;
  tls: { mode: TlsMode; authority: string | undefined; certificate: string | undefined; key: string | undefined };
  role: string | undefined;
  searchPath: string | undefined;
  applicationName: string;
  connectTimeoutMs: number;
  statementTimeoutMs: number | undefined;
  lockTimeoutMs: number | undefined;
  keepaliveIdleMs: number;
  /** The session also takes the commands of logical replication. */
  isForReplication?: boolean;
}

/** @throws postgres_settings_missing, postgres_url_invalid, tls_settings_contradict */
export function connectionOptions(config: ConnectionConfig, plugin: string): ConnectionOptions {
  const url: ConnectionUrl = config.sqlalchemy_url === undefined ? {} : readConnectionUrl(config.sqlalchemy_url);
  const host = url.host ?? config.host;
  const user = url.user ?? config.user;
  const database = url.database ?? config.database;
  const missing = Object.entries({ host, user, database }).flatMap(([name, value]) => (value === undefined ? [name] : []));
  if (host === undefined || user === undefined || database === undefined) throw errors.postgres_settings_missing({ missing });
  return {
    host,
    port: url.port ?? config.port ?? 5432,
    user,
    password: url.password ?? config.password,
    database,
    tls: {
      mode: tlsModeOf(config, url.tlsMode, tlsRules),
      authority: url.authority ?? config.ssl_certificate_authority,
      certificate: url.certificate ?? config.ssl_client_certificate,
      key: url.key ?? config.ssl_client_private_key,
    },
    role: config.role,
    searchPath: config.search_path,
    applicationName: config.application_name ?? url.applicationName ?? plugin,
    connectTimeoutMs: url.connectTimeoutMs ?? config.connect_timeout_ms ?? 30_000,
    statementTimeoutMs: config.statement_timeout_ms,
    lockTimeoutMs: config.lock_timeout_ms,
    keepaliveIdleMs: config.keepalive_idle_ms ?? 60_000,
  };
}

const tlsRules = {
  modes,
  refuse: () => errors.postgres_url_invalid({ reason: `sslmode is none of ${modes.join(", ")}` }),
  contradict: (mode: TlsMode) => errors.tls_settings_contradict({ mode }),
};
