/** libpq's TLS modes as options of Node.js; certificates from files or from the settings. */
import type { ConnectionOptions as NodeTlsOptions } from "node:tls";
import { readCertificates } from "@tapline/sdk/connection";
import { errors } from "./errors.ts";
import type { ConnectionOptions } from "./settings.ts";

/** Connections to try, in this order, until one is accepted. `false` is without TLS. */
export type TlsAttempts = readonly [NodeTlsOptions | false, ...(NodeTlsOptions | false)[]];

/** @throws tls_file_unreadable */
export async function tlsAttempts({ tls, host }: ConnectionOptions): Promise<TlsAttempts> {
  if (tls.mode === "disable") return [false];
  const certificates = await readCertificates(tls, (file, error) => errors.tls_file_unreadable(file, {}, error));
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
      return [certificates.ca === undefined ? unchecked : { ...unchecked, rejectUnauthorized: true, checkServerIdentity: () => undefined }];
    case "verify-ca":
      return [{ ...unchecked, rejectUnauthorized: true, checkServerIdentity: () => undefined }];
    case "verify-full":
      return [{ ...unchecked, rejectUnauthorized: true }];
  }
}
