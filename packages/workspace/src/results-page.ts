/** `docs/results/README.md`: one row for each long suite, made from the suites and their outcomes. */
import { type LongSuite, longSuites } from "./long-suites.ts";
import { type Outcome, readOutcome } from "./outcome.ts";

export const resultsPagePath = "docs/results/README.md";

export function resultsPage(
  suites: readonly LongSuite[] = longSuites(),
  outcomeOf: (suite: string) => Outcome | undefined = readOutcome,
): string {
  return `# Results

Made by \`npm run generate\`. Long suites need much time, data or other programs, so \`npm test\` does not run them. \`npm run test:long SUITE\`
runs one and writes its outcome here: the commit it was measured at, the machine, and each test with its seeds and counts. A suite fails when
something it needs is missing; it never skips.

\`npm test\` fails where an outcome is missing, empty or failed, or where the suite's own limits changed since. A change of the product makes an
outcome stale, not wrong: \`npm run test:long -- --stale\` lists the stale ones with their age. Run the suites that cover what you changed before
you call the change done.

| suite | what it shows | measured | tests |
| --- | --- | --- | --- |
${suites.map((suite) => rowOf(suite, outcomeOf(suite.name))).join("\n")}

## How target-snowflake is tested without a Snowflake account

Nobody had one. The text of its SQL statements is kept in a file for review, Snowflake's own client loads into an emulator (fakesnow, which is DuckDB), and errors
from Snowflake's pages are answers to that client. None of this shows how Snowflake itself runs the statements, its speed or its cost: \`npm run test:long snowflake-account\` would, in
an account. [What each kind of test shows](../../plugins/target-snowflake/README.md#how-it-is-tested).

The benchmarks have a [page of their own](../reference/benchmarks.md); their figures are in [results/bench.json](bench.json).
`;
}

function rowOf({ name, takes, shows, needs }: LongSuite, outcome: Outcome | undefined): string {
  const command = `\`${[name, ...takes].join(" ")}\``;
  const cells = outcome === undefined ? [`never run${needs === undefined ? "" : `: needs ${needs}`}`, ""] : measured(outcome);
  return `| ${[command, shows, ...cells].map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

function measured({ suite, measured_at: at, commit, committed, passed, failed, seconds }: Outcome): string[] {
  const place = `${at.slice(0, 10)} at ${commit.slice(0, 7)}${committed ? "" : " with changes that were not committed"}`;
  return [place, `[${passed} passed, ${failed} failed](${suite}.json) in ${seconds} s`];
}
