/** One line at a terminal that says what is being compared, for how long, and how many rows so far. In a pipe there is none. */

import { shorten } from "@tapline/protocol/text";
import { describeCount, type VerifyEvent } from "@tapline/runner";

export interface VerifyProgress {
  show(event: VerifyEvent): void;
  /** Prints a line of its own above. */
  above(text: string): void;
  hide(): void;
  end(): void;
}

interface Doing {
  name: string;
  words: string;
  rows: number;
  since: number;
}

const words = {
  digest: "counting rows and checksums",
  rows: "reading rows that differ",
  recheck: "waiting, then reading them again",
  metrics: "comparing totals",
} as const;

export function verifyProgress(stream: NodeJS.WriteStream): VerifyProgress {
  const doing = new Map<number, Doing>();
  let tables = 0;
  let done = 0;
  const write = (text: string): void => void (stream.isTTY && stream.write(text));
  const hide = (): void => write("\r\u001b[K");
  const draw = (): void => {
    const parts = [...doing.values()].map(
      ({ name, words: what, rows, since }) =>
        `${name}: ${what}${rows > 0 ? `, ${describeCount(rows)}` : ""} ${Math.round((Date.now() - since) / 1000)} s`,
    );
    const line = `${tables > 1 ? `${done} of ${tables} tables  ` : ""}${parts.join("  ")}`;
    if (line !== "") write(`\r\u001b[K${shorten(line, (stream.columns ?? 80) - 1)}`);
  };
  const timer = stream.isTTY ? setInterval(draw, 250) : undefined;
  timer?.unref();
  return {
    show(event) {
      if (event.kind === "tables") tables = event.names.length;
      else if (event.kind === "phase") doing.set(event.index, { name: event.name, words: words[event.phase], rows: 0, since: Date.now() });
      else if (event.kind === "rows") {
        const own = doing.get(event.index);
        if (own !== undefined) own.rows = event.rows;
      } else {
        doing.delete(event.index);
        done++;
      }
    },
    above(text) {
      hide();
      stream.write(`${text}\n`);
    },
    hide,
    end() {
      clearInterval(timer);
      hide();
    },
  };
}
