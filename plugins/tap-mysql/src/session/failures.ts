/** Errors of the server and the network as errors with a hint, by number and system code, never by translated text. Pure. */
import { TaplineError } from "@tapline/sdk";
import { errors, type ServerDetails } from "./errors.ts";
import type { ConnectionOptions } from "./settings.ts";

/** What the server sent in an ERR packet, or what the client library made of a failure. */
interface Failure {
  /** The server's number, such as 1045. */
  errno?: number;
  code?: string;
  message?: string;
  fatal?: boolean;
}

/** The number of the server's error that an error of `explainFailure` is from; undefined where the server sent none. */
export function serverErrno(error: unknown): number | undefined {
  const { errno } = ((error instanceof TaplineError ? error.cause : error) ?? {}) as Failure;
  return typeof errno === "number" && errno > 0 ? errno : undefined;
}

export function serverDetails({ host, port, user }: ConnectionOptions): ServerDetails {
  return { server: host.startsWith("/") ? host : `${host}:${port}`, user, reason: "" };
}

export function explainFailure(error: unknown, options: ConnectionOptions): TaplineError {
  if (error instanceof TaplineError) return error;
  const { code = "", message = String(error) } = error as Failure;
  const server = { ...serverDetails(options), reason: firstLine(message) };
  const errno = serverErrno(error);
  if (errno === undefined) return networkFailure(code, server, error);
  switch (errno) {
    case 1040:
    case 1129:
    case 1203:
    case 1226:
      return errors.mysql_busy(server, {}, error);
    case 1045:
    case 1130:
    case 1698:
    case 1820:
    case 1862:
    case 3118:
      return errors.mysql_login_refused(server, {}, error);
    case 3159:
      return errors.mysql_tls_required(server, {}, error);
    case 1044:
    case 1049:
      return errors.mysql_database_missing(server, {}, error);
    case 1142:
    case 1143:
    case 1227:
    case 1370:
      return errors.mysql_denied(server, {}, error);
    case 1053:
    case 1927:
    case 4031:
      return errors.mysql_connection_lost(server, {}, error);
    default:
      return errors.mysql_error({ ...server, code: String(errno) }, {}, error);
  }
}

function networkFailure(code: string, server: ServerDetails, error: unknown): TaplineError {
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return errors.mysql_host_unknown(server, {}, error);
  if (["ECONNREFUSED", "ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH", "ENOENT", "EACCES"].includes(code))
    return errors.mysql_host_down({ ...server, reason: code }, {}, error);
  if (code === "HANDSHAKE_NO_SSL_SUPPORT") return errors.mysql_tls_refused(server, {}, error);
  if (/^(ERR_TLS|ERR_SSL|ERR_OSSL|CERT_|DEPTH_|SELF_SIGNED|UNABLE_TO|HOSTNAME_MISMATCH|EPROTO|HANDSHAKE_SSL)/.test(code))
    return errors.mysql_certificate_refused({ ...server, reason: server.reason || code }, {}, error);
  return errors.mysql_connection_lost({ ...server, reason: server.reason || code }, {}, error);
}

const mostCharacters = 300;

function firstLine(message: string): string {
  const [line = ""] = message.split("\n");
  return line.length > mostCharacters ? `${line.slice(0, mostCharacters)}…` : line;
}
