/** PostgreSQL's and the network's errors as errors that say what to do, by SQLSTATE and system code, never by translated text. Pure. */
import { type Position, TaplineError } from "@tapline/protocol";
import { errors, type Place } from "./errors.ts";
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
  const place = { ...placeOf(options), reason: firstLine(message) };
  if (isNetwork(error)) return networkFailure(code, place, error);
  if (isChange && refusesChange.test(code)) return errors.table_change_refused({ table, reason: serverWords(error) }, {}, error);
  // Detail is left out everywhere else: it shows whole rows.
  if (/^22/.test(code)) return errors.value_refused({ table, reason: place.reason }, position, error);
  if (/^23/.test(code)) {
    const where = { ...position, ...((error as ServerError).column === undefined ? {} : { column: (error as ServerError).column }) };
    return errors.constraint_refuses(
      { table, constraint: constraint ?? (code === checkViolation ? "partition bounds" : "NOT NULL"), reason: place.reason },
      where,
      error,
    );
  }
  if (code === raisedByFunction) return errors.trigger_refuses({ table, reason: place.reason }, position, error);
  switch (code) {
    case "28P01":
      return errors.password_refused(place, {}, error);
    case "28000":
      return refusedAtTheDoor(place, error);
    case "3D000":
      return errors.database_missing(place, {}, error);
    case "53300":
    case "57P03":
      return errors.server_busy(place, {}, error);
    case "53100":
      return errors.server_disk_full(place, {}, error);
    case "57P01":
    case "57P02":
    case "57P05":
      return errors.connection_lost(place, {}, error);
    case "57014":
      return errors.statement_timeout(place, {}, error);
    case "55P03":
      return errors.lock_timeout({ ...place, table }, {}, error);
    case "40P01":
    case "40001":
      return errors.deadlock(place, {}, error);
    case "25006":
      return errors.read_only(place, {}, error);
    case "42501":
      return denied(error as ServerError, place, table);
    case "54000":
      return errors.row_too_big({ table, reason: place.reason }, position, error);
    case "54001":
      return errors.value_refused({ table, reason: place.reason }, position, error);
    default:
      return errors.postgres_error({ ...place, code: code || "no code" }, {}, error);
  }
}

/**
 * Of ALTER TABLE: something that depends on a column, or has no meaning with its new type; defaults that can't be cast; limits
 * of partitions, identities and columns; events of deferred constraints that still wait. Rights (42501) are another matter.
 */
const refusesChange = /^(?:0A000|2BP01|22|42(?!501)|54011|55006)/;

/** The server's message, and the objects it names in the detail of an error about a table's definition, which shows no rows. */
export function serverWords(error: unknown): string {
  const { message = String(error), detail } = error as ServerError;
  const objects = (detail ?? "").split("\n").slice(0, 3).join("; ");
  return `${firstLine(message)}${objects === "" ? "" : ` (${objects})`}`;
}

export function placeOf(options: ConnectionOptions): Place {
  return { server: `${options.host}:${options.port}`, database: options.database, user: options.role ?? options.user, reason: "" };
}

/** Not from the server: the client library and the system say so by their own codes (EPIPE has five letters too), or by none at all. */
function isNetwork(error: unknown): boolean {
  const { code, severity } = error as ServerError;
  return severity === undefined && (code === undefined || !/^(?=.*\d)[0-9A-Z]{5}$/.test(code));
}

function networkFailure(code: string, place: Place, error: unknown): TaplineError {
  const { message = "" } = error as ServerError;
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return errors.host_unknown(place, {}, error);
  if (
    ["ECONNREFUSED", "ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH", "ENOENT", "EACCES"].includes(code) ||
    /timeout expired|connect ETIMEDOUT/.test(message)
  )
    return errors.host_down({ ...place, reason: code || place.reason }, {}, error);
  if (message.includes("does not support SSL")) return errors.tls_refused(place, {}, error);
  if (/^(ERR_TLS|ERR_SSL|ERR_OSSL|CERT_|DEPTH_|SELF_SIGNED|UNABLE_TO|HOSTNAME_MISMATCH|EPROTO)/.test(code))
    return errors.certificate_refused({ ...place, reason: place.reason || code }, {}, error);
  if (/password must be a (non-empty )?string/.test(message))
    return errors.password_refused({ ...place, reason: "no password is set" }, {}, error);
  return errors.connection_lost({ ...place, reason: place.reason || code }, {}, error);
}

/** pg_hba.conf told no: the one place where the words decide, as no code does. Untranslated or not, "SSL" is in them. */
function refusedAtTheDoor(place: Place, error: unknown): TaplineError {
  const needsTls = /no encryption|SSL off/.test(place.reason);
  return needsTls ? errors.tls_required(place, {}, error) : errors.access_refused(place, {}, error);
}

/** "must be owner" comes from the check of ownership alone; its source file says so in every language. */
function denied(error: ServerError & { routine?: string }, place: Place, table: string): TaplineError {
  const isOwnership = /must be owner/.test(place.reason) || error.routine === "aclcheck_error_ownership";
  return isOwnership ? errors.not_owner({ ...place, table }, {}, error) : errors.permission_denied({ ...place, table }, {}, error);
}

/** Without a constraint's name it is of rows that no partition takes. */
const checkViolation = "23514";

/** RAISE EXCEPTION without a code of its own. */
const raisedByFunction = "P0001";

const mostCharacters = 300;

function firstLine(message: string): string {
  const [line = ""] = message.split("\n");
  return line.length > mostCharacters ? `${line.slice(0, mostCharacters)}…` : line;
}
