/** For a misspelt command: suggests the one that was meant. */
import type { Hook } from "@oclif/core";
import { asFailure } from "@tapline/runner";
import { meantCommand } from "../meant-command.ts";
import { exitCodes, printFailure } from "../outcome.ts";
import { usage } from "../usage.ts";

const hook: Hook<"command_not_found"> = async ({ id, config }) => {
  const known = [...config.commandIDs, ...config.topics.map(({ name }) => name)].map((each) => each.split(":"));
  const typed = id.split(":");
  printFailure(asFailure("tapline", usage.command_unknown({ name: typed.join(" "), meant: meantCommand(typed, known) })));
  process.exit(exitCodes.usage);
};

export default hook;
