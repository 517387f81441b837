/** libpq's TLS modes as options of Node.js; certificates from files or from the settings. */
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import type { ConnectionOptions as NodeTlsOptions } from "node:tls";
import { errors } from "./errors.ts";
import type { ConnectionOptions } from "./settings.ts";

/** Connections to try, in this order, until one is accepted. `false` is without TLS. */
export type TlsAttempts = readonly [NodeTlsOptions | false, ...(NodeTlsOptions | false)[]];

/** @throws tls_file_unreadable */
export async function tlsAttempts({ tls, host }: ConnectionOptions): Promise<TlsAttempts> {
  if (tls.mode === "disable") return [false];
  const [ca, cert, key] = await Promise.all([
    pem("ssl_certificate_authority", tls.authority),
    pem("ssl_client_certificate", tls.certificate),
    pem("ssl_client_private_key", tls.key),
  ]);
  const certificates = { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
  // Only for names: an address may not be sent as a server name (RFC 6066).
  const servername = /^[\d.:]+$|^\//.test(host) ? {} : { servername: host };
  const unchecked: NodeTlsOptions = { ...certificates, ...servername, rejectUnauthorized: false };
  switch (tls.mode) {
    case "allow":
      return [false, unchecked];
    case "prefer":
      return [unchecked, false];
    case "require":
      // As in libpq: where an authority is given, it is checked.
      return [ca === undefined ? unchecked : { ...unchecked, rejectUnauthorized: true, checkServerIdentity: () => undefined }];
    case "verify-ca":
      return [{ ...unchecked, rejectUnauthorized: true, checkServerIdentity: () => undefined }];
    case "verify-full":
      return [{ ...unchecked, rejectUnauthorized: true }];
  }
}

async function pem(setting: string, value: string | undefined): Promise<string | undefined> {
  if (value === undefined || value === "") return undefined;
  // Secrets from the environment often have their line ends written out.
  if (value.includes("-----BEGIN")) return value.replaceAll("\\n", "\n");
  const path = value.replace(/^~(?=\/|$)/, () => homedir());
  return readFile(path, "utf8").catch((error: Error) => {
    const reason = (error as NodeJS.ErrnoException).code ?? "unknown";
    throw errors.tls_file_unreadable({ setting, path, reason }, {}, error);
  });
}
