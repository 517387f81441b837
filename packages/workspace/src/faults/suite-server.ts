/** The PostgreSQL server of one test file. */
import type { PostgresServer } from "@tapline/testing/postgres";
import { afterAll, beforeAll } from "vitest";
import { startServer } from "./database.ts";

/** Call it at the top of a test file: the server runs while the file's tests do. @returns the server; call it within tests only */
export function suiteServer(): () => PostgresServer {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server?.stop());
  return () => server;
}
