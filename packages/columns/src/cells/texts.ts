/** Cells of text, as UTF-8 with its length before it. */
import { cellKind } from "@tapline/sdk";
import { writeUtf8 } from "../buffers/text.ts";
import { plainText } from "../values/text.ts";
import type { AppendCells } from "./appender.ts";
import { copyBytes, copyUnescaped } from "./text-bytes.ts";

export function textCells(): AppendCells {
  return (chunk, cells, out) => {
    const { count, kinds, segments, starts, ends } = chunk;
    out.begin(count);
    const lane = out.data;
    for (const segment of segments) {
      for (let row = segment.from; row < segment.end; row++) {
        const cell = cells + row;
        const kind = kinds[cell] as number;
        if (kind <= cellKind.null) {
          out.markNull(row);
          continue;
        }
        const from = starts[cell] as number;
        const to = ends[cell] as number;
        let size: number;
        if (kind === cellKind.text) {
          size = to - from;
          lane.reserve(8 + size);
          copyBytes(segment, from, size, lane, lane.length + 4);
        } else if (kind === cellKind.escaped) {
          lane.reserve(8 + to - from);
          size = copyUnescaped(segment, from, to, lane, lane.length + 4);
        } else {
          const text = plainText(chunk.valueAt(cell, segment));
          lane.reserve(4 + text.length * 3);
          size = writeUtf8(lane.bytes, lane.length + 4, text);
        }
        lane.view.setUint32(lane.length, size, true);
        lane.length += 4 + size;
      }
    }
    out.end(count);
  };
}
