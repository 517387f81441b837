/** Answers every request of the client over HTTP with bodies as Snowflake's, for the tests of its documented errors. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A body of Snowflake's: its number, SQL state and message. */
export interface ErrorBody {
  code: string;
  sqlState: string;
  message: string;
}

export interface ErrorServer extends AsyncDisposable {
  url: string;
}

export const refusal = ({ code, sqlState, message }: ErrorBody) => ({
  success: false,
  code,
  message,
  data: { errorCode: code, sqlState, internalError: false, pos: -1, line: -1, type: "COMPILATION" },
});

const loggedIn = {
  success: true,
  data: { token: "t", masterToken: "m", parameters: [], sessionInfo: { databaseName: "RAW", schemaName: null } },
};

const rows = (columns: readonly string[], rowset: readonly (readonly (string | null)[])[]) => ({
  success: true,
  data: {
    parameters: [],
    rowtype: columns.map((name) => ({ name, type: "text", nullable: true, length: 100, byteLength: 400, scale: null, precision: null })),
    rowset,
    total: rowset.length,
    returned: rowset.length,
    queryId: "1",
    queryResultFormat: "json",
    version: 1,
    statementTypeId: 4096,
  },
});

/** `login`: the login is refused. `statements`: those that have the text are. Others succeed without rows. */
export async function errorServer(
  refused: { login: ErrorBody } | { statement: string; error: ErrorBody },
  facts: readonly (string | null)[] = ["RAW", "LOADER"],
): Promise<ErrorServer> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(answer(request.url ?? "", Buffer.concat(chunks).toString())));
  });
  const answer = (url: string, body: string): unknown => {
    if (url.includes("login-request")) return "login" in refused ? refusal(refused.login) : loggedIn;
    if (!url.includes("query-request")) return { success: true };
    const { sqlText } = JSON.parse(body) as { sqlText: string };
    if ("statement" in refused && sqlText.includes(refused.statement)) return refusal(refused.error);
    if (sqlText.includes("CURRENT_DATABASE")) return rows(["d", "r"], [facts]);
    // As for a user who has the parameter set.
    if (sqlText.startsWith("SHOW PARAMETERS")) return rows(["key", "value"], [["QUOTED_IDENTIFIERS_IGNORE_CASE", "true"]]);
    return rows(["status"], []);
  };
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
