/** The errors of writing rows to files. */
import { defineErrors, type ErrorEntry, folderErrorEntries } from "@tapline/sdk";

export const targetJsonlErrorCatalogue = {
  ...folderErrorEntries,
  file_collision: {
    class: "config",
    message: (p: { path: string; other: string; stream: string }) =>
      `The streams ${JSON.stringify(p.other)} and ${JSON.stringify(p.stream)} would share the file ${p.path}`,
    hint: "Load them in two runs, each with its own destination_path.",
  },
  value_lost: {
    class: "data",
    recovery: "skip",
    message: (p: { value: string }) => `A record holds ${p.value}, which JSON can't carry`,
    hint: "Make the tap send null or text instead.",
  },
} as const satisfies Record<string, ErrorEntry>;

export const errors = defineErrors(targetJsonlErrorCatalogue);
