/** Errors of PostgreSQL and the network as errors with a hint, by SQLSTATE and system code, never by translated text. Pure. */
import { type Position, TaplineError } from "@tapline/protocol";
import { errors, type ServerDetails } from "./errors.ts";
import type { ConnectionOptions } from "./settings.ts";

/** The fields of an error the server sent (and, of others, code and message). */
interface ServerError {
  code?: string;
  message?: string;
  severity?: string;
  constraint?: string;
  column?: string;
  schema?: string;
  table?: string;
  detail?: string;
}

/** The SQLSTATE that an error of `explainFailure` is from; undefined where the server sent none. */
export function sqlState(error: unknown): string | undefined {
  return error instanceof TaplineError ? (error.cause as ServerError | undefined)?.code : undefined;
}

export interface Circumstances {
  /** Quoted table the statement was about. */
  table?: string;
  position?: Position;
  /** The statement changes what the table is. */
  isChange?: boolean;
}

export function explainFailure(
  error: unknown,
  options: ConnectionOptions,
  { table = "", position = {}, isChange = false }: Circumstances = {},
): TaplineError {
  if (error instanceof TaplineError) return error;
  const { code = "", constraint, message = String(error) } = error as ServerError;
  const server = { ...serverDetails(options), reason: firstLine(message) };
  if (isNetwork(error)) return networkFailure(code, server, error);
  if (isChange && refusesChange.test(code)) return errors.table_change_refused({ table, reason: serverWords(error) }, {}, error);
  // The detail is left out everywhere else, because it shows whole rows.
  if (/^22/.test(code)) return errors.value_refused({ table, reason: server.reason }, position, error);
  // Two sessions that make a table of one name meet in the catalog's own unique index, or the later one finds the table there.
  if (code === duplicateTable || (code === uniqueViolation && (error as ServerError).schema === "pg_catalog"))
    return errors.table_made_meanwhile({ ...server, table }, {}, error);
  if (/^23/.test(code)) {
    const where = { ...position, ...((error as ServerError).column === undefined ? {} : { column: (error as ServerError).column }) };
    return errors.constraint_refuses(
      { table, constraint: constraint ?? (code === checkViolation ? "partition bounds" : "NOT NULL"), reason: server.reason },
      where,
      error,
    );
  }
  if (code === raisedByFunction) return errors.trigger_refuses({ table, reason: server.reason }, position, error);
  switch (code) {
    case "28P01":
      return errors.password_refused(server, {}, error);
    case "28000":
      return loginRefused(server, error);
    case "3D000":
      return errors.database_missing(server, {}, error);
    case "53300":
    case "57P03":
      return errors.server_busy(server, {}, error);
    case "53100":
      return errors.server_disk_full(server, {}, error);
    case "57P01":
    case "57P02":
    case "57P05":
      return errors.connection_lost(server, {}, error);
    case "57014":
      return errors.statement_timeout(server, {}, error);
    case "55P03":
      return errors.lock_timeout({ ...server, table }, {}, error);
    case "40P01":
    case "40001":
      return errors.deadlock(server, {}, error);
    case "25006":
      return errors.read_only(server, {}, error);
    case "42501":
      return denied(error as ServerError, server, table);
    case "54000":
      return errors.row_too_big({ table, reason: server.reason }, position, error);
    case "54001":
      return errors.value_refused({ table, reason: server.reason }, position, error);
    default:
      return errors.postgres_error({ ...server, code: code || "no code" }, {}, error);
  }
}

/**
 * ALTER TABLE is refused: something depends on the column or makes no sense with its new type; a default can't be cast; limits of
 * partitions, identities and columns; pending events of deferred constraints. Missing rights (42501) have a separate error.
 */
const refusesChange = /^(?:0A000|2BP01|22|42(?!501)|54011|55006)/;

/** The server's message, with the objects that its detail names. Only for errors about a table's definition, whose detail shows no rows. */
export function serverWords(error: unknown): string {
  const { message = String(error), detail } = error as ServerError;
  const objects = (detail ?? "").split("\n").slice(0, 3).join("; ");
  return `${firstLine(message)}${objects === "" ? "" : ` (${objects})`}`;
}

export function serverDetails(options: ConnectionOptions): ServerDetails {
  return { server: `${options.host}:${options.port}`, database: options.database, user: options.role ?? options.user, reason: "" };
}

/** The error is not from the server: the client library and the system use other codes (EPIPE has five letters too), or none. */
function isNetwork(error: unknown): boolean {
  const { code, severity } = error as ServerError;
  return severity === undefined && (code === undefined || !/^(?=.*\d)[0-9A-Z]{5}$/.test(code));
}

function networkFailure(code: string, server: ServerDetails, error: unknown): TaplineError {
  const { message = "" } = error as ServerError;
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return errors.host_unknown(server, {}, error);
  if (
    ["ECONNREFUSED", "ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH", "ENOENT", "EACCES"].includes(code) ||
    /timeout expired|connect ETIMEDOUT/.test(message)
  )
    return errors.host_down({ ...server, reason: code || server.reason }, {}, error);
  if (message.includes("does not support SSL")) return errors.tls_refused(server, {}, error);
  if (/^(ERR_TLS|ERR_SSL|ERR_OSSL|CERT_|DEPTH_|SELF_SIGNED|UNABLE_TO|HOSTNAME_MISMATCH|EPROTO)/.test(code))
    return errors.certificate_refused({ ...server, reason: server.reason || code }, {}, error);
  if (/password must be a (non-empty )?string/.test(message))
    return errors.password_refused({ ...server, reason: "no password is set" }, {}, error);
  return errors.connection_lost({ ...server, reason: server.reason || code }, {}, error);
}

/** pg_hba.conf refused the login. Only here the text decides, as there is no separate code. */
function loginRefused(server: ServerDetails, error: unknown): TaplineError {
  const needsTls = /no encryption|SSL off/.test(server.reason);
  return needsTls ? errors.tls_required(server, {}, error) : errors.access_refused(server, {}, error);
}

/** "must be owner" is only in errors of ownership; the routine's name is the same in every language. */
function denied(error: ServerError & { routine?: string }, server: ServerDetails, table: string): TaplineError {
  const isOwnership = /must be owner/.test(server.reason) || error.routine === "aclcheck_error_ownership";
  return isOwnership ? errors.not_owner({ ...server, table }, {}, error) : errors.permission_denied({ ...server, table }, {}, error);
}

const uniqueViolation = "23505";
const duplicateTable = "42P07";
/** Without a constraint's name: no partition takes the row. */
const checkViolation = "23514";

/** RAISE EXCEPTION without a code. */
const raisedByFunction = "P0001";

const mostCharacters = 300;

function firstLine(message: string): string {
  const [line = ""] = message.split("\n");
  return line.length > mostCharacters ? `${line.slice(0, mostCharacters)}…` : line;
}
