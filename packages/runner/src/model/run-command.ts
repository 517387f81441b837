/** The command that runs a step again, for people to paste. Pure. */
import { withoutLane } from "./state-id.ts";

export interface CommandOfStep {
  /** What was typed, without options. */
  command: string;
  stateId: string;
  environment: string;
  tap: string;
  target: string;
  /** Patterns that narrow what the project selects. */
  filter?: readonly string[];
}

/** With the options that choose the same environment, bookmark and streams. */
export function runCommand({ command, stateId, environment, tap, target, filter = [] }: CommandOfStep): string {
  const id = withoutLane(stateId);
  const usual = `${environment}:${tap}-to-${target}`;
  const flags = [...(environment === "dev" ? [] : ["--environment", environment])];
  if (id.startsWith(`${usual}:`)) flags.push("--state-id-suffix", id.slice(usual.length + 1));
  else if (id !== usual) flags.push("--state-id", id);
  for (const pattern of filter)
    flags.push(...(pattern.startsWith("!") ? ["--exclude", pattern.slice(1)] : ["--select", pattern]).map(quoteWord));
  return [command, ...flags].join(" ");
}

/** A word as a shell takes it. */
export function quoteWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
