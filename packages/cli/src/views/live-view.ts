/** A run at a terminal: a table of streams that is redrawn in place, with warnings scrolling by above it. */
import type { WriteStream } from "node:tty";
import { describeBytes, describeCount, layOut, type RunEvent, type StreamResult } from "@tapline/runner";
import { clean, paint } from "../terminal.ts";
import type { View } from "./view.ts";

const redrawEveryMs = 100;

export function createLiveView(terminal: WriteStream): View {
  const firstSeen = new Map<string, number>();
  let streams: StreamResult[] = [];
  let title = "";
  let drawn = 0;
  let isDirty = false;
  const erase = (): string => {
    const sequence = drawn === 0 ? "" : `\u001b[${drawn}A\r\u001b[0J`;
    drawn = 0;
    return sequence;
  };
  // One write for each picture, or it flickers.
  const draw = (above = ""): void => {
    isDirty = false;
    // The table must fit, or moving up would miss its first line.
    const lines = liveLines(title, streams, firstSeen, { columns: terminal.columns ?? 80, rows: terminal.rows ?? 24 });
    const before = erase();
    drawn = lines.length;
    terminal.write(`${before}${above}${lines.map((line) => `${line}\n`).join("")}`);
  };
  const say = (text: string): void => draw(`${text}\n`);
  const timer = setInterval(() => isDirty && draw(), redrawEveryMs);
  timer.unref();
  const end = (): void => {
    terminal.write(erase());
    clearInterval(timer);
  };
  return {
    show(event) {
      if (event.type === "run_started") {
        title = startText(event);
        isDirty = true;
      } else if (event.type === "log") {
        const text = event.message
          .split("\n")
          .map((line) => clean(`${event.plugin}: ${line}`))
          .join("\n");
        if (event.level === "warning" || event.level === "error") say(paint("yellow", text));
        else if (event.level === undefined) say(paint("dim", text));
      } else if (event.type === "progress") {
        streams = event.streams;
        for (const { stream } of streams) if (!firstSeen.has(stream)) firstSeen.set(stream, Date.now());
        isDirty = true;
      }
    },
    finish: end,
    close: end,
  };
}

export function liveLines(
  title: string,
  streams: readonly StreamResult[],
  firstSeen: ReadonlyMap<string, number>,
  size: { columns: number; rows: number },
  now: number = Date.now(),
): string[] {
  const room = Math.max(1, size.rows - 4);
  const shown = streams.slice(-room).map((each) => {
    const rows = each.received ?? each.sent;
    const seconds = (now - (firstSeen.get(each.stream) ?? now)) / 1000;
    const rate = rows === null || seconds < 0.5 ? "…" : describeCount(Math.round(rows / seconds));
    return [clean(each.stream), rows === null ? "…" : describeCount(rows), rate, each.bytes === null ? "…" : describeBytes(each.bytes)];
  });
  const table = shown.length === 0 ? [] : layOut([["stream", "rows", "rows/s", "bytes"], ...shown]);
  const hidden = streams.length - shown.length;
  return [...(title === "" ? [] : [title]), ...table, ...(hidden > 0 ? [`and ${hidden} more`] : [])].map((line) =>
    line.slice(0, Math.max(1, size.columns - 1)),
  );
}

function startText(event: Extract<RunEvent, { type: "run_started" }>): string {
  const from = event.fullRefresh ? "full refresh" : event.state === null ? "first run" : "from the last bookmark";
  return `${event.tap} -> ${event.target} (${event.environment}, ${from})`;
}
