/** The connection of dbt-postgres to the server that target-postgres loads into, with the same database and role, and TLS in libpq's terms. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ConnectionConfig, connectionAliases, connectionOptions } from "@tapline/postgres";
import { type Output, Secret } from "./output.ts";

/** @throws postgres_settings_missing, postgres_url_invalid, tls_settings_contradict */
export function postgresOutput(config: Record<string, unknown>, privateFolder: string): Output {
  const named = Object.fromEntries(Object.entries(config).map(([name, value]) => [connectionAliases[name] ?? name, value]));
  const { host, port, user, password = "", database, tls, ...options } = connectionOptions(named as ConnectionConfig, "tapline dbt");
  const asFile = (name: string, value: string | undefined): string | undefined => {
    if (value === undefined || value === "" || !value.includes("-----BEGIN")) return value;
    const path = join(privateFolder, name);
    writeFileSync(path, value.replaceAll("\\n", "\n"), { mode: 0o600 });
    return path;
  };
  return {
    // From a variable it is a text.
    ...{ host, port: Number(port), user, password: new Secret(password), dbname: database },
    sslmode: tls.mode,
    // libpq has no built-in authorities, and accepts the system's only when it also verifies the host.
    sslrootcert: asFile("authority.pem", tls.authority) ?? (tls.mode === "verify-full" ? "system" : undefined),
    sslcert: asFile("client.pem", tls.certificate),
    sslkey: asFile("client.key", tls.key),
    role: options.role,
    search_path: options.searchPath,
    application_name: options.applicationName,
    connect_timeout: Math.ceil(options.connectTimeoutMs / 1000),
    keepalives_idle: Math.ceil(options.keepaliveIdleMs / 1000),
  };
}
