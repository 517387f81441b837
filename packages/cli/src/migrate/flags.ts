/** The arguments and flags that the commands about one migration share. */
import { Args, Flags } from "@oclif/core";

export const migrationArgs = {
  source: Args.string({ description: "The old side, where there are several migrations." }),
  target: Args.string({ description: "The new side." }),
};

export const migrationFlags = {
  environment: Flags.string({ char: "e", description: "The environment of tapline.yml." }),
  json: Flags.boolean({ description: "Print JSON lines instead of text." }),
};
