/** The TLS modes of the settings as options of mysql2; certificates from files or from the settings. */

import { readCertificates } from "@tapline/sdk/connection";
import type { SslOptions } from "mysql2";
import { errors } from "./errors.ts";
import type { ConnectionOptions } from "./settings.ts";

/** Connections to try, in this order, until one is accepted. `undefined` is without TLS. @throws mysql_tls_file_unreadable */
export async function tlsAttempts({ tls }: ConnectionOptions): Promise<readonly (SslOptions | undefined)[]> {
  if (tls.mode === "disable") return [undefined];
  const certificates: SslOptions = await readCertificates(tls, (file, error) => errors.mysql_tls_file_unreadable(file, {}, error));
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
