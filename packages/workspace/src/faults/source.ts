/**
 * What the taps of the fault suite send. Each row follows from a seed and its number, so the expected contents of a table can be
 * computed. Each tap logs its progress, so a test knows how far it was when a fault hit it.
 */
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { Type } from "@tapline/sdk";

/** The settings of both taps. Rows are numbered from 1 over all streams. */
export const sourceSettings = Type.Object({
  seed: Type.Integer(),
  rows: Type.Integer(),
  streams: Type.Integer(),
  keys: Type.Integer({ description: "Number of different keys; fewer than rows, so that rows replace one another" }),
  row_bytes: Type.Integer(),
  part_rows: Type.Integer({ description: "Rows between two pauses" }),
  pause_ms: Type.Integer(),
  state_every: Type.Integer({ description: "Rows between two STATEs; a multiple of part_rows" }),
  state_bytes: Type.Integer(),
  log: Type.String({ description: "The file the tap logs its progress to" }),
  cut: Type.Optional(Type.Object({ after: Type.Integer(), half: Type.Boolean(), code: Type.Integer() })),
});
export type Source = Type.Static<typeof sourceSettings>;

export const rowSchema = Type.Object({ id: Type.Integer(), n: Type.Integer(), text: Type.String() });
export type SourceRow = Type.Static<typeof rowSchema>;

export const streamNames = ({ streams }: Pick<Source, "streams">): string[] => Array.from({ length: streams }, (_, index) => `s${index}`);

export function rowAt(source: Pick<Source, "seed" | "streams" | "keys" | "row_bytes">, n: number): { stream: string; row: SourceRow } {
  const mixed = mix(source.seed, n);
  const block = Array.from({ length: 8 }, (_, index) => mix(mixed, index).toString(36)).join("");
  const text = block.repeat(Math.ceil(source.row_bytes / block.length)).slice(0, source.row_bytes);
  return { stream: `s${mix(mixed, 101) % source.streams}`, row: { id: mix(mixed, 102) % source.keys, n, text } };
}

export interface Part {
  first: number;
  last: number;
  /** A STATE follows. */
  isMarked: boolean;
}

/** The rows after `from` in parts. Each part is logged once the caller has taken it. */
export async function* parts(source: Source, from: number): AsyncGenerator<Part> {
  const note = (line: string) => appendFileSync(source.log, `${line} ${Date.now()}\n`);
  note(`start ${from}`);
  for (let first = from + 1; first <= source.rows; ) {
    const last = Math.min(first + source.part_rows - 1, source.rows);
    yield { first, last, isMarked: last % source.state_every === 0 || last === source.rows };
    note(`sent ${last}`);
    first = last + 1;
    if (source.pause_ms > 0) await setTimeout(source.pause_ms);
  }
}

/** The value of the STATE after row `n`, in the form the SDK gives bookmarks. */
export const bookmark = (source: Source, n: number) => ({ n, ...(source.state_bytes > 0 ? { pad: "x".repeat(source.state_bytes) } : {}) });

/** The number of the last row before this STATE; 0 for none. */
export function numberIn(state: string | null | undefined): number {
  if (state === null || state === undefined) return 0;
  return (JSON.parse(state) as { bookmarks?: { s0?: { n?: number } } }).bookmarks?.s0?.n ?? 0;
}

/** One start of a tap, read from its log. */
export interface Sending {
  from: number;
  sent: { last: number; at: number }[];
}

export function readLog(path: string): Sending[] {
  const sendings: Sending[] = [];
  if (!existsSync(path)) return sendings;
  for (const line of readFileSync(path, "utf8").split("\n").slice(0, -1)) {
    const [what, number, at] = line.split(" ");
    if (what === "start") sendings.push({ from: Number(number), sent: [] });
    else sendings.at(-1)?.sent.push({ last: Number(number), at: Number(at) });
  }
  return sendings;
}

function mix(a: number, b: number): number {
  let mixed = Math.imul(a ^ Math.imul(b, 0x9e3779b1), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
