/** The TLS modes of the settings as options of mysql2; certificates from files or from the settings. */
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import type { SslOptions } from "mysql2";
import { errors } from "./errors.ts";
import type { ConnectionOptions } from "./settings.ts";

/** Connections to try, in this order, until one is accepted. `undefined` is without TLS. @throws mysql_tls_file_unreadable */
export async function tlsAttempts({ tls }: ConnectionOptions): Promise<readonly (SslOptions | undefined)[]> {
  if (tls.mode === "disable") return [undefined];
  const [ca, cert, key] = await Promise.all([
    pem("ssl_certificate_authority", tls.authority),
    pem("ssl_client_certificate", tls.certificate),
    pem("ssl_client_private_key", tls.key),
  ]);
  const certificates: SslOptions = { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
  switch (tls.mode) {
    case "prefer":
      return [{ ...certificates, rejectUnauthorized: false }, undefined];
    case "require":
      return [{ ...certificates, rejectUnauthorized: false }];
    case "verify-ca":
      return [{ ...certificates, rejectUnauthorized: true, verifyIdentity: false }];
    case "verify-full":
      return [{ ...certificates, rejectUnauthorized: true, verifyIdentity: true }];
  }
}

async function pem(setting: string, value: string | undefined): Promise<string | undefined> {
  if (value === undefined || value === "") return undefined;
  // Secrets from the environment often have their line ends written out.
  if (value.includes("-----BEGIN")) return value.replaceAll("\\n", "\n");
  const path = value.replace(/^~(?=\/|$)/, () => homedir());
  return readFile(path, "utf8").catch((error: Error) => {
    const reason = (error as NodeJS.ErrnoException).code ?? "unknown";
    throw errors.mysql_tls_file_unreadable({ setting, path, reason }, {}, error);
  });
}
