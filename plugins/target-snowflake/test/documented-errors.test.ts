/**
 * Snowflake's errors, as its pages and the client's issues have them, answered over HTTP to the real client: each ends with its cause and
 * what to do. A tier of its own: it shows what we make of these answers, not that Snowflake gives them.
 */
import { generateKeyPairSync } from "node:crypto";
import { TaplineError } from "@tapline/sdk";
import { expect, test } from "vitest";
import type { Config } from "../src/config.ts";
import target from "../src/index.ts";
import { type ErrorBody, errorServer } from "./error-server.ts";

const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});
const byKey = { user: "LOADER", private_key: privateKey };
const byPassword = { user: "LOADER", password: "not the one" };
const byToken = { user: "LOADER", programmatic_access_token: "expired-token" };

/** What `--test` throws, which does what a first load does. */
async function failure(
  settings: Record<string, unknown>,
  server: Parameters<typeof errorServer>[0],
  facts?: (string | null)[],
): Promise<TaplineError> {
  await using at = await errorServer(server, facts);
  const config = { account: "acme-eu", database: "RAW", access_url: at.url, commit_after_ms: 60_000, ...settings } as Config;
  try {
    await target.test?.(config);
  } catch (error) {
    if (error instanceof TaplineError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

/** In place of a number that no public page names: the words of the message must do. */
const unknownNumber = "399999";

/** Where the body is documented or reported. */
const logins: [cause: string, source: string, settings: Record<string, unknown>, body: ErrorBody, code: string, hint: RegExp][] = [
  [
    "a key that is not the user's",
    "docs.snowflake.com/user-guide/key-pair-auth-troubleshooting",
    byKey,
    { code: "390144", sqlState: "08001", message: "JWT token is invalid. [0ce9eb56-821d-4ca9-a774-04ae89a0cf5a]" },
    "snowflake_login_refused",
    /RSA_PUBLIC_KEY_FP/,
  ],
  [
    "a wrong password",
    "snowflake-sdk, lib/constants/gs_errors and its tests",
    byPassword,
    { code: "390100", sqlState: "08001", message: "Incorrect username or password was specified." },
    "snowflake_login_refused",
    /key pair/,
  ],
  [
    "a role that is not granted",
    "github.com/kulmam92/snowflake_flyway/issues/2",
    byPassword,
    {
      code: unknownNumber,
      sqlState: "08001",
      message:
        "User's configured default role 'SYSADMIN' is not granted to this user. Contact your local system administrator, or attempt to login using a CLI client with a connect string selecting another role, e.g. PUBLIC.",
    },
    "snowflake_role_refused",
    /GRANT ROLE/,
  ],
  [
    "a token that has expired",
    "snowflake-sdk, lib/constants/gs_errors: 390114",
    byToken,
    { code: "390114", sqlState: "08001", message: "Authentication token has expired.  The user must authenticate again." },
    "snowflake_token_expired",
    /programmatic access token/,
  ],
  [
    "a token that was taken back",
    "github.com/snowflakedb/drivers/pull/219: 394400",
    byToken,
    { code: "394400", sqlState: "28000", message: "Programmatic access token is invalid." },
    "snowflake_token_expired",
    /programmatic access token/,
  ],
  [
    "a key pair whose token has expired, as its clock is wrong",
    "docs.snowflake.com/en/release-notes/bcr-bundles/2026_07/bcr-2421",
    byKey,
    { code: "390318", sqlState: "08001", message: "OAuth access token expired." },
    "snowflake_token_expired",
    /clock/,
  ],
  [
    "a user who is locked",
    "github.com/Talend/tuj/pull/81",
    byPassword,
    {
      code: unknownNumber,
      sqlState: "08001",
      message: "User temporarily locked. Try again later, or contact your local system administrator.",
    },
    "snowflake_login_refused",
    /DESCRIBE USER/,
  ],
  [
    "an OAuth token that has expired",
    "snowflake-sdk, lib/constants/gs_errors: 390318",
    { oauth_access_token: "expired-token" },
    { code: "390318", sqlState: "08001", message: "OAuth access token expired. [0ce9eb56-821d-4ca9-a774-04ae89a0cf5a]" },
    "snowflake_token_expired",
    /OAuth/,
  ],
  [
    "a warehouse that the role may not use",
    "github.com/snowflakedb/snowflake-connector-net/issues/537",
    { ...byPassword, warehouse: "SECRET_WH" },
    { code: "390201", sqlState: "08006", message: "The requested warehouse does not exist or not authorized." },
    "snowflake_warehouse",
    /GRANT USAGE/,
  ],
  [
    "an address that the network policy does not allow",
    "docs.posit.co/partnerships/snowflake/posit-team/networking/network-policies.html",
    byPassword,
    {
      code: unknownNumber,
      sqlState: "08001",
      message: "Incoming request with IP/Token 192.0.2.7 is not allowed to access Snowflake. Contact your account administrator.",
    },
    "snowflake_network_policy",
    /network policy/,
  ],
];

test.each(logins)("%s (%s)", async (_cause, _source, settings, body, code, hint) => {
  const error = await failure(settings, { login: body });
  expect(error).toMatchObject({ code, class: "config" });
  expect(error.message).toContain(body.message.replaceAll(/\s+/g, " ").slice(0, 30));
  expect(error.hint).toMatch(hint);
  for (const secret of ["expired-token", "not the one", "PRIVATE KEY"]) expect(`${error.message}${error.hint}`).not.toContain(secret);
});

const statements: [cause: string, source: string, statement: string, body: ErrorBody, code: string, hint: RegExp][] = [
  [
    "a warehouse that is suspended and does not resume",
    "github.com/snowflakedb/snowflake-connector-nodejs/issues/891",
    "CREATE TABLE",
    {
      code: "000606",
      sqlState: "57P03",
      message: "No active warehouse selected in the current session.  Select an active warehouse with the 'use warehouse' command.",
    },
    "snowflake_warehouse",
    /AUTO_RESUME/,
  ],
  [
    "a resource monitor that has used its quota",
    "github.com/appsmithorg/appsmith/issues/39303",
    "CREATE TABLE",
    {
      code: unknownNumber,
      sqlState: "22000",
      message: "Warehouse 'COMPUTE_WH' cannot be resumed because resource monitor 'CREDITLIMIT' has exceeded its quota.",
    },
    "snowflake_quota",
    /quota/,
  ],
  [
    "a right that is missing",
    "github.com/sqitchers/sqitch/issues/586",
    "CREATE TABLE",
    { code: "003001", sqlState: "42501", message: "SQL access control error:\nInsufficient privileges to operate on database 'mydb'" },
    "snowflake_right_missing",
    /CREATE TABLE/,
  ],
  [
    "a table that another transaction has locked",
    "github.com/brooklyn-data/dbt_artifacts/issues/431",
    "CREATE TABLE",
    {
      code: "000625",
      sqlState: "57014",
      message:
        "Statement '01b43b22-0509-2fce-0003-29019743c0af' has locked table 'MODELS' in transaction 1715330074481000000 and this lock has not yet been released.\nYour statement '01b43b22-0509-2fce-0003-29019743c13b' was aborted because the number of waiters for this lock exceeds the 20 statements limit.",
    },
    "snowflake_locked",
    /SHOW LOCKS/,
  ],
  [
    "a statement that takes too long",
    "github.com/estuary/flow/issues/238",
    "CREATE TABLE",
    {
      code: "000630",
      sqlState: "57014",
      message: "Statement reached its statement or warehouse timeout of 300 second(s) and was canceled.",
    },
    "snowflake_statement_timeout",
    /STATEMENT_TIMEOUT_IN_SECONDS/,
  ],
];

test.each(statements)("%s (%s)", async (_cause, _source, statement, body, code, hint) => {
  const error = await failure(byPassword, { statement, error: body });
  const passes = ["snowflake_locked", "snowflake_statement_timeout"].includes(code);
  expect(error).toMatchObject({ code, class: passes ? "connection" : "config" });
  expect(error.message).toContain(body.message.replaceAll(/\s+/g, " ").slice(0, 30));
  expect(error.hint).toMatch(hint);
});

test("a database that the role does not see", async () => {
  const error = await failure(byPassword, { statement: "never", error: { code: "", sqlState: "", message: "" } }, [null, "LOADER"]);
  expect(error.code).toBe("snowflake_database_missing");
  expect(error.message).toContain('"RAW"');
});

test("names in quotes that the user's sessions would fold", async () => {
  const body = { code: "", sqlState: "", message: "" };
  const error = await failure({ ...byPassword, identifier_case: "exact" }, { statement: "never", error: body });
  expect(error.code).toBe("snowflake_names_ignored");
});

test("an address where nobody answers", async () => {
  const config = { account: "acme-eu", database: "RAW", access_url: "http://127.0.0.1:9", commit_after_ms: 0, ...byPassword } as Config;
  await expect(target.test?.(config)).rejects.toMatchObject({ code: "snowflake_unreachable", class: "connection" });
});
