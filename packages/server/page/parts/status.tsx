/** How a run, step or check stands: a word, a shape and a colour, so that the colour alone says nothing. */
import type { RunSummary } from "../../src/api/answers.ts";

export type RunStatus = RunSummary["status"];

interface Look {
  word: string;
  /** One letter, for bars. */
  letter: string;
  tone: "good" | "warn" | "bad" | "busy" | "off";
}

const looks: Readonly<Record<string, Look>> = {
  running: { word: "running", letter: "▶", tone: "busy" },
  done: { word: "succeeded", letter: "✓", tone: "good" },
  warning: { word: "has warnings", letter: "!", tone: "warn" },
  failed: { word: "failed", letter: "✕", tone: "bad" },
  stopped: { word: "stopped", letter: "■", tone: "off" },
  timed_out: { word: "timed out", letter: "T", tone: "bad" },
  crashed: { word: "crashed", letter: "C", tone: "bad" },
  passed: { word: "passed", letter: "✓", tone: "good" },
  ok: { word: "succeeded", letter: "✓", tone: "good" },
  warn: { word: "warned", letter: "!", tone: "warn" },
  fail: { word: "found bad rows", letter: "✕", tone: "bad" },
  error: { word: "failed", letter: "✕", tone: "bad" },
  not_run: { word: "not run", letter: "?", tone: "warn" },
  skipped: { word: "skipped", letter: "–", tone: "off" },
  waiting: { word: "waiting", letter: "…", tone: "busy" },
  claimed: { word: "being read", letter: "▶", tone: "busy" },
  open: { word: "not done", letter: "…", tone: "busy" },
  dropped: { word: "given up", letter: "–", tone: "off" },
  interrupted: { word: "interrupted", letter: "‖", tone: "warn" },
  killed: { word: "killed", letter: "✕", tone: "bad" },
  loaded: { word: "loaded", letter: "✓", tone: "good" },
  duplicate: { word: "duplicate", letter: "=", tone: "warn" },
  unknown: { word: "of no stream", letter: "?", tone: "warn" },
  paused: { word: "paused", letter: "‖", tone: "off" },
  never: { word: "never ran", letter: "○", tone: "off" },
  late: { word: "late", letter: "!", tone: "bad" },
  sent: { word: "sent", letter: "✓", tone: "good" },
};

export const lookOf = (status: string): Look => looks[status] ?? { word: status.replaceAll("_", " "), letter: "·", tone: "off" };
export const statusWord = (status: string): string => lookOf(status).word;

export function Status({ status, word }: { status: string; word?: string }) {
  const look = lookOf(status);
  return (
    <span class={`status ${look.tone}`}>
      <span class="mark" aria-hidden="true">
        {look.letter}
      </span>
      <span class="word">{word ?? look.word}</span>
    </span>
  );
}
