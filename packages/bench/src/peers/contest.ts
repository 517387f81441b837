/**
 * Ours and peers that load the same rows, in interleaved rounds. A table is compared before its time counts: a peer whose table
 * is not right is told as wrong and runs no more; ours being wrong ends the run.
 */
import { type Cost, measure, type Program } from "../measure.ts";
import { Costs, compare, describeCost, type Result } from "../result.ts";

export interface Contestant {
  name: string;
  /** Where its rows go; no two share a place. */
  place: string;
  /** Its command line. What this throws is why it is told as not installed. */
  programs(): readonly Program[];
  env?: Record<string, string>;
}

export interface Arena {
  /** Leaves nothing of the place's former rows. */
  clear(place: string): Promise<void>;
  /** How the table there is not what it should be, or undefined. */
  difference(place: string): Promise<string | undefined>;
  /** Where programs run. */
  folder: string;
}

export async function contest(
  name: string,
  arena: Arena,
  [ours, ...peers]: readonly [Contestant, ...Contestant[]],
  rounds: number,
  log: (line: string) => void,
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
  // Round 0 warms all up and loads the rows again over themselves, as who promises to upsert can.
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
    (peer) => leftOut.get(peer) ?? compare(`${name}, wall`, costs.wall(ours.name), "s", [peer.name, costs.wall(peer.name)], 1),
  );
}

/** The last line says it, in Python's tracebacks and elsewhere. */
const reasonOf = (error: unknown): string => (error as Error).message.trim().split("\n").at(-1)?.slice(0, 200) ?? "";
