/** The arrays that the cells of a chunk are written to. They are used again, so memory follows how many batches are read at once. */
import { cellKind } from "./chunk.ts";
import { powerOfTen } from "./powers.ts";

/** So many cells take about a megabyte. */
export const mostCells = 1 << 16;

export class CellStore {
  readonly kinds = new Uint8Array(mostCells);
  readonly starts = new Int32Array(mostCells);
  readonly ends = new Int32Array(mostCells);
  readonly numbers = new Float64Array(mostCells);
  /** Values of cells that are `parsed`; starts[cell] is their index. */
  readonly parsed: unknown[] = [];

  valueAt(cell: number, { bytes }: { bytes: Buffer }): unknown {
    const kind = this.kinds[cell] as number;
    switch (kind) {
      case cellKind.absent:
        return undefined;
      case cellKind.null:
        return null;
      case cellKind.false:
        return false;
      case cellKind.true:
        return true;
      case cellKind.text:
        return bytes.toString("utf8", this.starts[cell], this.ends[cell]);
      case cellKind.escaped:
        return JSON.parse(bytes.toString("utf8", (this.starts[cell] as number) - 1, (this.ends[cell] as number) + 1));
      case cellKind.parsed:
        return this.parsed[this.starts[cell] as number];
      default:
        return (this.numbers[cell] as number) / powerOfTen(kind - cellKind.number);
    }
  }
}

const free: CellStore[] = [];

export function takeStore(): CellStore {
  return free.pop() ?? new CellStore();
}

export function giveBack(store: CellStore): void {
  store.parsed.length = 0;
  free.push(store);
}
