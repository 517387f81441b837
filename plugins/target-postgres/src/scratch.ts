/** `--scratch`: makes an empty database for a trial beside the one of the settings, and drops it. It drops none but those it made: name and comment say so. */
import { quoteName, quoteText } from "@tapline/columns";
import { connectionOptions, openSession, type Session, sqlState } from "@tapline/postgres";
import type { ScratchAnswer, ScratchQuestion } from "@tapline/sdk";
import type { Config } from "./config.ts";
import { locationOf } from "./connection.ts";
import { errors } from "./errors.ts";

const comment = "Made by tapline ci for a trial. It may be dropped.";

/** @throws scratch_refused, errors of settings and of connecting */
export async function scratch(config: Config, { action, name }: ScratchQuestion): Promise<ScratchAnswer> {
  await using session = await openSession(connectionOptions(config, "target-postgres scratch"));
  const dropped = await dropAll(session, await madeByUs(session, action === "create" ? undefined : name));
  if (action === "create") await create(session, name);
  const place = locationOf({ ...session.options, database: name });
  return { place, dropped, config: settingsFor(config, name) };
}

/** @throws scratch_refused */
async function create({ execute, options }: Session, name: string): Promise<void> {
  try {
    // template0 has nobody's objects, and nobody's sessions that would be in the way.
    await execute(`CREATE DATABASE ${quoteName(name)} TEMPLATE template0`);
    await execute(`COMMENT ON DATABASE ${quoteName(name)} IS ${quoteText(`${comment} ${new Date().toISOString()}`)}`);
  } catch (error) {
    if (sqlState(error) !== "42501") throw error;
    throw errors.scratch_refused({ user: options.user, database: locationOf(options) }, {}, error);
  }
}

/** With `name` that one, else those that a killed command left a day ago. */
async function madeByUs({ execute }: Session, name: string | undefined): Promise<string[]> {
  const { rows } = await execute(
    `SELECT datname, shobj_description(oid, 'pg_database') FROM pg_catalog.pg_database WHERE starts_with(datname, 'tapline_ci_')`,
  );
  const aDayAgo = Date.now() - 86_400_000;
  return rows.flatMap(([found, described]) => {
    const isOurs = described?.startsWith(comment) === true;
    const isWanted = name === undefined ? Date.parse(described?.slice(comment.length + 1) ?? "") < aDayAgo : found === name;
    return isOurs && isWanted ? [String(found)] : [];
  });
}

async function dropAll({ execute }: Session, names: readonly string[]): Promise<string[]> {
  for (const name of names) await execute(`DROP DATABASE IF EXISTS ${quoteName(name)} WITH (FORCE)`);
  return [...names];
}

/** What a URL names wins over the single settings, so its database has to go. */
function settingsFor({ sqlalchemy_url: url }: Config, name: string): ScratchAnswer["config"] {
  if (url === undefined) return { database: name };
  const [base = "", query] = url.split("?", 2);
  const parameters = query?.split("&").filter((each) => !each.startsWith("dbname=")) ?? [];
  const withoutDatabase = base.replace(/^([^:]+:\/\/[^/]*)\/.*$/, "$1");
  return { sqlalchemy_url: [withoutDatabase, ...(parameters.length === 0 ? [] : [parameters.join("&")])].join("?"), database: name };
}
