/** Removes doubled quotes and escape characters from cells, in place: a cell that gets shorter ends earlier. */
import { type Cells, escapedFlag, quotedFlag } from "./cells.ts";
import { isAt, type Mark, type Marks } from "./marks.ts";

const none: Mark = new Uint8Array(0);

export function removeEscapes({ bytes, count, starts, ends, flags }: Cells, { quote, escaper, doubleQuote }: Marks): void {
  for (let cell = 0; cell < count; cell++) {
    const flag = flags[cell] as number;
    if ((flag & escapedFlag) === 0) continue;
    const doubled = (flag & quotedFlag) !== 0 && doubleQuote ? quote : none;
    const end = ends[cell] as number;
    let to = starts[cell] as number;
    for (let at = to; at < end; ) {
      if (isAt(escaper, bytes, at, end)) at += escaper.length;
      else if (isAt(doubled, bytes, at, end)) {
        // A single quote is text.
        if (isAt(doubled, bytes, at + doubled.length, end)) at += doubled.length;
        for (let i = 1; i < doubled.length; i++) bytes[to++] = bytes[at++] as number;
      }
      bytes[to++] = bytes[at++] as number;
    }
    ends[cell] = to;
    flags[cell] = flag & quotedFlag;
  }
}
