/** Reads one child's stderr: each line becomes an event, with its secrets replaced before anything else sees it. */
import { type PluginError, type PluginEvent, type Redact, readStderrLine, redactEvent } from "@tapline/protocol";
import type { Child } from "./child.ts";
import { readLines } from "./lines.ts";
import { pause } from "./pause.ts";
import { createTraceReader } from "./stack-trace.ts";

export interface Listener {
  /** The last error line. */
  readonly error: PluginError | undefined;
  /** The last log line; of a stack trace, the line that names the error. */
  readonly lastLine: string | undefined;
  /** It reported that its output was closed. */
  readonly brokenPipe: boolean;
  /** Settles when everything it printed has been read. */
  readonly done: Promise<void>;
}

const maxLineLength = 2 ** 20;

export function listenTo(child: Child, redact: Redact, onEvent: (event: PluginEvent) => void): Listener {
  let error: PluginError | undefined;
  let lastLine: string | undefined;
  let brokenPipe = false;
  const trace = createTraceReader();
  const onLine = (line: string): void => {
    if (line.trim() === "") return;
    const read = redactEvent(readStderrLine(line), redact);
    const part = read.kind === "log" ? trace.read(line) : undefined;
    const event: PluginEvent = read.kind === "log" && part !== undefined ? { ...read, level: "debug" } : read;
    if (event.kind === "error") {
      error = event.error;
      brokenPipe ||= event.error.code === "output_closed";
    }
    if (event.kind === "log") {
      if (part !== "trace") lastLine = event.message;
      brokenPipe ||= /\bEPIPE\b|BrokenPipe|broken pipe/i.test(event.message);
    }
    onEvent(event);
  };
  const read = child.stderr === null ? Promise.resolve() : readLines(child.stderr, onLine, { maxLength: maxLineLength });
  const done = child.exited.then(async ({ code, signal }) => {
    brokenPipe ||= signal === "SIGPIPE" || code === 141;
    await untilRead(child, "stderr", read);
  });
  return {
    get error() {
      return error;
    },
    get lastLine() {
      return lastLine;
    },
    get brokenPipe() {
      return brokenPipe;
    },
    done,
  };
}

/** Waits until the output is read, but not for a daemon that the plugin left running and that holds its output open for ever. */
export async function untilRead(child: Child, which: "stdout" | "stderr", read: Promise<void>): Promise<void> {
  await child.exited;
  await Promise.race([read, pause(2000)]);
  child[which]?.destroy();
  await read;
}
