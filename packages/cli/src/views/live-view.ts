/** Shows a run on a terminal: a table of streams that is redrawn in place, with warnings above it. */
import type { WriteStream } from "node:tty";
import type { Lag, NodeStatus, ReadProgress } from "@tapline/protocol";
import { shorten, wrap } from "@tapline/protocol/text";
import { describeBytes, describeCount, layOutNumbers, type RunEvent, type StreamResult } from "@tapline/runner";
import { clean, paint } from "../terminal.ts";
import { linesOf } from "./plain-view.ts";
import { describeLag, describeRead, type ReadMoment } from "./read-text.ts";
import { describeStart } from "./start-text.ts";
import type { View } from "./view.ts";

const redrawEveryMs = 100;

/** A running step. */
interface Running {
  title: string;
  /** It ends with a summary, which lists the warnings. */
  summarizes: boolean;
  warnings: number;
  firstSeen: Map<string, number>;
  streams: StreamResult[];
  read: ReadProgress | null;
  firstRead: ReadMoment | undefined;
  /** Of a run that follows. */
  lag: Lag | undefined;
}

/** `showsSummary`: the summary of the run is printed on the same terminal. */
export function createLiveView(terminal: WriteStream, { showsSummary }: { showsSummary: boolean }): View {
  const running = new Map<number, Running>();
  const shown = new Set<string>();
  let drawn = 0;
  let isDirty = false;
  const erase = (): string => {
    const sequence = drawn === 0 ? "" : `\u001b[${drawn}A\r\u001b[0J`;
    drawn = 0;
    return sequence;
  };
  // One write for each picture, or the terminal flickers.
  const draw = (above = ""): void => {
    isDirty = false;
    // All tables together must fit on the screen, or the cursor could not move up to their first line.
    const size = { columns: terminal.columns ?? 80, rows: Math.floor((terminal.rows ?? 24) / Math.max(1, running.size)) };
    const lines = [...running.values()].flatMap(({ title, streams, firstSeen, warnings, read, firstRead, lag }) => [
      ...liveLines(title, streams, firstSeen, size),
      ...(lag === undefined ? [] : [describeLag(lag)]),
      ...(lag !== undefined || read === null || firstRead === undefined ? [] : [describeRead(read, firstRead, Date.now())]),
      ...(warnings === 0 ? [] : [`${warnings} ${warnings === 1 ? "warning" : "warnings"}, listed at the end`]),
    ]);
    const before = erase();
    drawn = lines.length;
    terminal.write(`${before}${above}${lines.map((line) => `${line}\n`).join("")}`);
  };
  const timer = setInterval(() => isDirty && draw(), redrawEveryMs);
  timer.unref();
  return {
    show({ time, step, event }) {
      if (step === null) {
        // It is about the whole run.
        if (event.type === "log" && (event.level === "warning" || event.level === "error")) draw(`${paint("yellow", textOf(event))}\n`);
        return;
      }
      if (event.type === "run_started")
        begin(step, `${event.tap} -> ${event.target} (${event.environment}, ${describeStart(event)})`, showsSummary);
      else if (event.type === "utility_started") begin(step, event.name, false);
      else if (event.type === "progress") progress(running.get(step), event, time.getTime());
      else if (event.type === "run_finished") {
        running.delete(step);
        // The next output replaces the tables; the timer then draws those of the other steps below it.
        terminal.write(erase());
      } else if (event.type === "node") {
        draw(`${paintNode(event.node.status, clean(linesOf(event).join("\n")))}\n`);
      } else {
        const own = running.get(step);
        if (event.type === "log" && event.level === "warning" && event.plugin !== "tapline" && own?.summarizes) {
          own.warnings++;
          isDirty = true;
          return;
        }
        // Programs such as dbt repeat a warning for each part of their work.
        if (event.type === "log" && event.level === "warning") {
          const text = `${step} ${event.plugin} ${event.message}`;
          if (shown.has(text)) return;
          shown.add(text);
        }
        const isLoud = event.type !== "log" || event.level === "warning" || event.level === "error";
        const text = textOf(event);
        // States are shown only to programs.
        if (text === "") return;
        if (isLoud) draw(`${paint("yellow", text)}\n`);
        else if (event.level === undefined) draw(`${paint("dim", text)}\n`);
      }
      isDirty = true;
    },
    close() {
      terminal.write(erase());
      clearInterval(timer);
      running.clear();
    },
  };

  function textOf(event: RunEvent): string {
    const lines = linesOf(event).map(clean);
    return lines.flatMap((line) => wrap(line, terminal.columns)).join("\n");
  }

  function begin(step: number, title: string, summarizes: boolean): void {
    running.set(step, {
      title,
      summarizes,
      warnings: 0,
      firstSeen: new Map(),
      streams: [],
      read: null,
      firstRead: undefined,
      lag: undefined,
    });
  }

  function progress(
    step: Running | undefined,
    { streams, read, lag }: { streams: StreamResult[]; read: ReadProgress | null; lag?: Lag | undefined },
    at: number,
  ): void {
    if (step === undefined) return;
    step.streams = streams;
    step.read = read;
    step.lag = lag;
    if (read !== null) step.firstRead ??= { at, done: read.done };
    for (const { stream } of streams) if (!step.firstSeen.has(stream)) step.firstSeen.set(stream, at);
  }
}

function paintNode(status: NodeStatus, text: string): string {
  if (status === "ok") return text;
  return paint(status === "skipped" ? "dim" : status === "warn" ? "yellow" : "red", text);
}

export function liveLines(
  title: string,
  streams: readonly StreamResult[],
  firstSeen: ReadonlyMap<string, number>,
  size: { columns: number; rows: number },
  now: number = Date.now(),
): string[] {
  const room = Math.max(1, size.rows - 6);
  const shown = streams.slice(-room).map((each) => {
    const rows = each.received ?? each.sent;
    const seconds = (now - (firstSeen.get(each.stream) ?? now)) / 1000;
    const rate = rows === null || seconds < 0.5 ? "…" : describeCount(Math.round(rows / seconds));
    return [clean(each.stream), rows === null ? "…" : describeCount(rows), rate, each.bytes === null ? "…" : describeBytes(each.bytes)];
  });
  const table = shown.length === 0 ? [] : layOutNumbers([["stream", "rows", "rows/s", "bytes"], ...shown], size.columns - 1);
  const hidden = streams.length - shown.length;
  return [...(title === "" ? [] : [title]), ...table, ...(hidden > 0 ? [`and ${hidden} more`] : [])].map((line) =>
    shorten(line, Math.max(1, size.columns - 1)),
  );
}
