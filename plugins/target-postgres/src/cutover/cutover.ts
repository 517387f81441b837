/**
 * `--cutover`: renames schemas in one transaction, or back. Objects keep their identity when their schema is renamed, so views, grants,
 * default privileges, sequences and foreign keys go with it. What refers to a schema by its name in a text does not: findings name that.
 */
import { quoteName } from "@tapline/columns";
import { connectionOptions, openSession, type Session, sqlState } from "@tapline/postgres";
import type { CutoverAnswer, CutoverQuestion } from "@tapline/sdk";
import type { Config } from "../config.ts";
import { connectionOf, locationOf } from "../connection.ts";
import { errors } from "../errors.ts";
import { findingsOf, lockableTables, sessionsWithLocks } from "./findings.ts";
import { grantStatement, renameStatements, stateOf } from "./names.ts";
import { missingGrants } from "./readers.ts";
import { problemsOf, schemasThere } from "./schemas.ts";

/** @throws cutover_refused, cutover_blocked, commit_unknown, errors of connecting and of rights */
export async function cutover(config: Config, question: CutoverQuestion, signal: AbortSignal): Promise<CutoverAnswer> {
  const options = connectionOptions(config, "target-postgres cutover");
  await using session = await openSession({ ...options, lockTimeoutMs: question.lock_timeout_ms });
  // Closing the connection makes the server roll back.
  signal.addEventListener("abort", () => void session.client.end().catch(() => {}));
  return question.action === "plan" ? await plan(session, question) : await change(session, question, question.action);
}

/** Changes nothing. Where the cutover is done, it tells what undo would run. */
async function plan(session: Session, question: CutoverQuestion): Promise<CutoverAnswer> {
  await session.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  const { renames, readers } = question;
  const found = await look(session, question);
  const action = found.state === "after" ? "undo" : "apply";
  const problems = await problemsOf(session, renames, found, action);
  const isKnown = found.state !== "neither";
  const missing = readers !== undefined && found.state === "before" ? await missingGrants(session, readers) : [];
  const grants = readers?.give === true && found.state === "before" ? missing : (question.grants ?? []);
  return {
    ...found,
    did: false,
    problems,
    findings: isKnown ? await findingsOf(session, renames, found.state, missing) : [],
    missing_grants: missing,
    statements: isKnown
      ? [...(await lockStatements(session, question, found.state)), ...statementsOf({ ...question, grants }, action)]
      : [],
  };
}

async function change(session: Session, question: CutoverQuestion, action: "apply" | "undo"): Promise<CutoverAnswer> {
  const connection = connectionOf(session);
  const { database } = session.options;
  const run = async (sql: string): Promise<void> => void (await session.execute(sql));
  try {
    await connection.begin();
    // A process that was killed may still hold it: its COMMIT is then done before this one looks.
    await run(`SELECT pg_catalog.pg_advisory_xact_lock(${advisoryKey})`);
    const found = await look(session, question);
    const [wanted, done] = action === "apply" ? (["before", "after"] as const) : (["after", "before"] as const);
    const nothing = { did: false, problems: [], findings: [], missing_grants: [] };
    if (found.state === done) {
      await connection.rollback();
      return { ...found, ...nothing, statements: [] };
    }
    const problems = await problemsOf(session, question.renames, found, action);
    if (found.state !== wanted || problems.length > 0) throw errors.cutover_refused({ database: locationOf(session.options), problems });
    const statements = [...(await lockStatements(session, question, found.state)), ...statementsOf(question, action)];
    for (const statement of statements) await run(statement);
    const after = await look(session, question);
    await connection.commit();
    return { ...after, ...nothing, did: true, statements };
  } catch (error) {
    await connection.rollback();
    if (sqlState(error) !== "55P03") throw error;
    const sessions = await sessionsWithLocks(session, question.renames);
    throw errors.cutover_blocked({ database, waitMs: question.lock_timeout_ms, sessions: sessions.map(({ text }) => text) }, {}, error);
  }
}

/** Of all cutovers in a database, one is at work: "tapline cutover" as a number. */
const advisoryKey = "8386658464824651636";

async function look(session: Session, { renames }: CutoverQuestion): Promise<Pick<CutoverAnswer, "state" | "reason" | "schemas">> {
  const schemas = await schemasThere(session, [...new Set(renames.flatMap(({ from, to }) => [from, to]))]);
  return { ...stateOf(renames, new Set(schemas.map(({ name }) => name))), schemas };
}

/**
 * A rename of a schema waits for nobody, so a load in the middle of its transaction would go on under the other name. These locks wait
 * for every transaction that writes, and hold off new ones; who reads is not disturbed.
 */
async function lockStatements(session: Session, { renames }: CutoverQuestion, state: "before" | "after" | "neither"): Promise<string[]> {
  const names = renames.map(({ from, to }) => (state === "after" ? to : from));
  const tables = await lockableTables(session, names);
  const list = tables.map(({ schema, name }) => `${quoteName(schema)}.${quoteName(name)}`);
  return list.length === 0 ? [] : [`LOCK TABLE ${list.join(", ")} IN SHARE ROW EXCLUSIVE MODE`];
}

function statementsOf({ renames, grants = [] }: CutoverQuestion, action: "apply" | "undo"): string[] {
  const rename = renameStatements(renames, action) ?? [];
  const give = grants.map((grant) => grantStatement(grant, action));
  return action === "apply" ? [...give, ...rename] : [...rename, ...give];
}
