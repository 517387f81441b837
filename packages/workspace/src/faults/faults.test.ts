/**
 * Two rounds of every fault, with settings that the commit draws: other ones at each commit, the same ones when a round is
 * run again. FAULTS_SEED replaces the commit as the seed, FAULTS_ROUNDS sets the number of rounds.
 */
import type { PostgresServer } from "@tapline/testing/postgres";
import { afterAll, beforeAll, describe, test } from "vitest";
import { startServer } from "./database.ts";
import { faults } from "./faults.ts";
import { runRound } from "./round.ts";
import { baseSeed, roundsOf } from "./rounds.ts";

let server: PostgresServer;

beforeAll(async () => {
  console.log(`FAULTS_SEED=${baseSeed()}`);
  server = await startServer();
});

afterAll(() => server?.stop());

describe.each(faults)("$name", (fault) => {
  test.each(roundsOf(fault, Number(process.env.FAULTS_ROUNDS ?? 2)))("round $number", { timeout: 300_000 }, async (round) => {
    await runRound({ ...round, server });
  });
});
