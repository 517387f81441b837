/**
 * Snowflake's errors as errors with a hint. Pure. Snowflake has no page with all its numbers. Those here are in its pages, in the client's own
 * list (snowflake-sdk, lib/constants/gs_errors) or in public issues, which `test/documented-errors.test.ts` names; where only the words of
 * an error are public, the words decide.
 */
import { TaplineError } from "@tapline/sdk";
import { errors } from "./errors.ts";

/** What an error of the client has. */
export interface ClientError {
  message: string;
  /** Snowflake's number, or the client's. */
  code?: string | number | undefined;
  sqlState?: string | undefined;
}

export interface About {
  account: string;
  user: string;
  /** The table that the statement was about, if any. */
  table?: string | undefined;
}

export function explainFailure(error: unknown, { account, user, table = "" }: About): TaplineError {
  if (error instanceof TaplineError) return error;
  const { message = String(error), code } = error as ClientError;
  const number = String(code ?? "unknown").padStart(6, "0");
  const reason = firstSentence(message);
  if (/ENOSPC|No space left on device/.test(message)) return errors.snowflake_disk_full({ reason }, {}, error);
  switch (number) {
    case "390100":
    case "390144":
    case "390195":
      return errors.snowflake_login_refused({ user, account, reason }, {}, error);
    case "390111":
    case "390114":
    case "390303":
    case "390318":
    case "394400":
      return errors.snowflake_token_expired({ reason }, {}, error);
    case "390201":
    case "000606":
      return errors.snowflake_warehouse({ reason }, {}, error);
    case "003001":
    case "002003":
    case "002043":
      return errors.snowflake_right_missing({ table, reason }, {}, error);
    case "000630":
      return errors.snowflake_statement_timeout({ table, reason }, {}, error);
    case "000625":
      return errors.snowflake_locked({ table, reason }, {}, error);
    default:
      return byText(error, { account, user, table, number, reason, message });
  }
}

interface Told {
  account: string;
  user: string;
  table: string;
  number: string;
  reason: string;
  message: string;
}

function byText(error: unknown, { account, user, table, number, reason, message }: Told): TaplineError {
  if (/No active warehouse selected/.test(message)) return errors.snowflake_warehouse({ reason }, {}, error);
  if (/has locked table/.test(message)) return errors.snowflake_locked({ table, reason }, {}, error);
  if (/User access disabled|User temporarily locked|Multi-factor authentication is required/i.test(message))
    return errors.snowflake_login_refused({ user, account, reason }, {}, error);
  if (/exceeded its quota/.test(message)) return errors.snowflake_quota({ reason }, {}, error);
  if (/\brole\b.* is not granted to this user/i.test(message)) return errors.snowflake_role_refused({ reason }, {}, error);
  if (/Insufficient privileges|not authorized/i.test(message)) return errors.snowflake_right_missing({ table, reason }, {}, error);
  if (/is not allowed to access Snowflake/.test(message)) return errors.snowflake_network_policy({ reason }, {}, error);
  if (/ENOTFOUND|ECONNREFUSED|ETIMEDOUT|ECONNRESET|EAI_AGAIN|certificate|404/.test(message) || /^4010\d\d$/.test(number))
    return errors.snowflake_unreachable({ account, reason }, {}, error);
  const sqlState = (error as ClientError).sqlState ?? "";
  if (/^(22|23)/.test(sqlState) && table !== "") return errors.snowflake_refused({ table, reason }, {}, error);
  return errors.snowflake_failed({ number, reason }, {}, error);
}

const mostCharacters = 300;

function firstSentence(text: string): string {
  const flat = text.replaceAll(/\s+/g, " ").trim();
  return flat.length > mostCharacters ? `${flat.slice(0, mostCharacters)}…` : flat;
}
