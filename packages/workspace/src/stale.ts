/** `npm run test:long -- --stale`: the outcomes that an older state of the product gave. */

import { changedSince } from "./git.ts";
import { codeHash, longSuites } from "./long-suites.ts";
import { readOutcome } from "./outcome.ts";

const dayMs = 24 * 3_600_000;

/** One line a suite whose covered files changed since it was measured. */
export function staleLines(now: Date): string[] {
  return longSuites().flatMap(({ name, takes, covers, needs }) => {
    const outcome = readOutcome(name);
    const command = [name, ...takes].join(" ");
    if (outcome === undefined) return [`${command}: never run${needs === undefined ? "" : ` (needs ${needs})`}`];
    if (outcome.code === codeHash(covers)) return [];
    const days = Math.floor((now.getTime() - Date.parse(outcome.measured_at)) / dayMs);
    const files = changedSince(outcome.commit, covers);
    const change = files === undefined ? "the files it covers changed" : `${files} of the files it covers changed`;
    return [`${command}: measured ${days} ${days === 1 ? "day" : "days"} ago at ${outcome.commit.slice(0, 7)}; ${change} since`];
  });
}
