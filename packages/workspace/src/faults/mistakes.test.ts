/** Two rounds of every mistake, with settings that the commit draws, as in faults.test.ts. */
import type { PostgresServer } from "@tapline/testing/postgres";
import { afterAll, beforeAll, describe, test } from "vitest";
import { startServer } from "./database.ts";
import { runMistakenRound } from "./mistaken-round.ts";
import { mistakes } from "./mistakes.ts";
import { roundsOf } from "./rounds.ts";

let server: PostgresServer;

beforeAll(async () => {
  server = await startServer();
});

afterAll(() => server?.stop());

describe.each(mistakes)("$name", (mistake) => {
  test.each(roundsOf(mistake, Number(process.env.FAULTS_ROUNDS ?? 2)))(
    "round $number",
    { timeout: 120_000 },
    async ({ fault, ...round }) => {
      await runMistakenRound({ ...round, mistake: fault, server });
    },
  );
});
