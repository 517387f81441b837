/** The command that runs a step again, for people to paste. Pure. */

/** `command` is what was typed, without options; `stateId` decides the options that choose the same bookmark. */
export function runCommand(command: string, stateId: string): string {
  const [environment, , suffix] = stateId.replace(/\/\d+$/, "").split(":");
  const flags = [
    ...(environment === "dev" ? [] : ["--environment", environment]),
    ...(suffix === undefined ? [] : ["--state-id-suffix", suffix]),
  ];
  return [command, ...flags].join(" ");
}
