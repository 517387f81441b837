/**
 * Our programs and their peers load the same rows in interleaved rounds. A time counts only if the table is right: a peer with a wrong
 * table is reported as wrong and not run again; a wrong table of ours fails the benchmark.
 */
import { type Cost, measure, type Program } from "../measure.ts";
import { Costs, compare, describeCost, type Result } from "../result.ts";

export interface Contestant {
  name: string;
  /** The schema or file for its rows; each contestant has a different one. */
  place: string;
  /** Its command line. If this throws, the contestant is reported as not installed, with the error. */
  programs(): readonly Program[];
  env?: Record<string, string>;
}

export interface Arena {
  /** Removes all rows of earlier loads. */
  clear(place: string): Promise<void>;
  /** How the table differs from the expected one; undefined when it does not. */
  difference(place: string): Promise<string | undefined>;
  /** The working directory of the programs. */
  folder: string;
}

export async function contest(
  name: string,
  arena: Arena,
  [ours, ...peers]: readonly [Contestant, ...Contestant[]],
  rounds: number,
  log: (line: string) => void,
  /** Our time may be at most so many times that of each peer. */
  most = 1,
): Promise<Result[]> {
  const costs = new Costs();
  const leftOut = new Map<Contestant, Result>();
  const leave = (peer: Contestant, verdict: "wrong" | "not installed", error: unknown) => {
    if (peer === ours) throw new Error(`${name}: ${peer.name}: ${verdict}: ${reasonOf(error)}`);
    log(`${peer.name} is ${verdict}: ${reasonOf(error)}`);
    leftOut.set(peer, { name: `${name}, wall`, beside: peer.name, verdict, reason: reasonOf(error) });
  };
  const lines = new Map<Contestant, readonly Program[]>();
  for (const contestant of [ours, ...peers]) {
    try {
      lines.set(contestant, contestant.programs());
    } catch (error) {
      leave(contestant, "not installed", error);
    }
  }
  const load = async (contestant: Contestant): Promise<Cost> => {
    const cost = await measure(lines.get(contestant) ?? [], arena.folder, contestant.env);
    const difference = await arena.difference(contestant.place);
    if (difference !== undefined) throw new Error(difference);
    return cost;
  };
  // Round 0 is a warm-up and loads the rows twice, which an upsert must not turn into duplicates.
  for (let round = 0; round <= rounds; round++) {
    for (const contestant of [ours, ...peers].filter((each) => !leftOut.has(each))) {
      try {
        await arena.clear(contestant.place);
        const cost = await load(contestant);
        if (round === 0) await load(contestant);
        else costs.add(contestant.name, cost);
        log(`${name}, round ${round}: ${contestant.name} ${describeCost(cost)}`);
      } catch (error) {
        leave(contestant, "wrong", error);
      }
    }
  }
  return peers.map(
    (peer) => leftOut.get(peer) ?? compare(`${name}, wall`, costs.wall(ours.name), "s", [peer.name, costs.wall(peer.name)], most),
  );
}

/** The last line has the reason, in Python tracebacks and elsewhere. */
const reasonOf = (error: unknown): string => (error as Error).message.trim().split("\n").at(-1)?.slice(0, 200) ?? "";
