/** A round of every mistake, with settings that the commit draws, as in faults.test.ts. */
import { describe, test } from "vitest";
import { runMistakenRound } from "./mistaken-round.ts";
import { mistakes } from "./mistakes.ts";
import { roundsOf } from "./rounds.ts";
import { suiteServer } from "./suite-server.ts";

const server = suiteServer();

describe.each(mistakes)("$name", (mistake) => {
  test.each(roundsOf(mistake, Number(process.env.FAULTS_ROUNDS ?? 1)))("round $number", async ({ fault, ...round }) => {
    await runMistakenRound({ ...round, mistake: fault, server: server() });
  });
});
