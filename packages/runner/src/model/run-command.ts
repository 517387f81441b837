/** The command that runs a step again, for people to paste. Pure. */

export interface CommandOfStep {
  /** What was typed, without options. */
  command: string;
  stateId: string;
  environment: string;
  tap: string;
  target: string;
}

/** With the options that choose the same environment and bookmark. */
export function runCommand({ command, stateId, environment, tap, target }: CommandOfStep): string {
  const id = stateId.replace(/\/\d+$/, "");
  const usual = `${environment}:${tap}-to-${target}`;
  const flags = [...(environment === "dev" ? [] : ["--environment", environment])];
  if (id.startsWith(`${usual}:`)) flags.push("--state-id-suffix", id.slice(usual.length + 1));
  else if (id !== usual) flags.push("--state-id", id);
  return [command, ...flags].join(" ");
}
