/**
 * A round of every fault, with settings that the commit draws: other ones at each commit, the same ones when a round is
 * run again. FAULTS_SEED replaces the commit as the seed, FAULTS_ROUNDS sets the number of rounds.
 */
import { beforeAll, describe, test } from "vitest";
import { faults } from "./faults.ts";
import { runRound } from "./round.ts";
import { baseSeed, roundsOf } from "./rounds.ts";
import { suiteServer } from "./suite-server.ts";

const server = suiteServer();

beforeAll(() => console.log(`FAULTS_SEED=${baseSeed()}`));

describe.each(faults)("$name", (fault) => {
  test.each(roundsOf(fault, Number(process.env.FAULTS_ROUNDS ?? 1)))("round $number", async (round) => {
    await runRound({ ...round, server: server() });
  });
});
