/** Turns the end of a dbt run into an error of this plugin: what failed, with dbt's complete message, or why it could not start. Pure. */
import { describeNodes, type NodeResult, type TaplineError } from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { DbtEnd } from "./start-dbt.ts";

export interface Ended {
  end: DbtEnd;
  nodes: readonly NodeResult[];
  /** Errors from dbt that do not belong to a node. */
  troubles: readonly string[];
  /** The last line of the log. */
  lastLine: string;
}

/** Returns undefined when the run succeeded. */
export function failureOf({ end, nodes, troubles, lastLine }: Ended): TaplineError | undefined {
  if (end.code === 0) return undefined;
  if (end.signal !== null) return errors.dbt_killed({ signal: end.signal });
  const bad = nodes.filter(({ status }) => status === "error" || status === "fail");
  const reasons = [...bad.map(({ message }) => message ?? ""), ...troubles];
  const connection = reasons.map(connectionFailure).find((each) => each !== undefined);
  if (connection !== undefined) return connection;
  if (bad.length > 0) return errors.nodes_failed({ what: `${describeNodes(nodes)}`, details: bad.map(describeBad) });
  if (troubles.length > 0) return errors.project_broken({ reason: troubles.join("\n") });
  return errors.dbt_failed({ code: end.code ?? 0, last: lastLine });
}

export function describeBad({ kind, name, status, rows, message }: NodeResult): string {
  const count = status === "fail" && rows !== null ? ` (${rows} ${rows === 1 ? "row" : "rows"})` : "";
  return `${kind} ${name} ${status === "fail" ? "failed" : "had an error"}${count}: ${message ?? "dbt gave no reason"}`;
}

/** A failed connection is an error that can be retried. */
function connectionFailure(text: string): TaplineError | undefined {
  const reason = text.trim();
  if (/Could not set lock on file|Conflicting lock is held/.test(text)) return errors.database_locked({ reason });
  const isLost =
    /could not connect to server|connection to server .* failed|Connection refused|could not translate host name|server closed the connection|terminating connection|the database system is (starting up|shutting down)/;
  return isLost.test(text) && !/authentication failed|does not exist/.test(text) ? errors.database_unreachable({ reason }) : undefined;
}
