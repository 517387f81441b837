/** The errors of writing rows to files. */
import { defineErrors, type ErrorEntry } from "@tapline/sdk";

export const targetJsonlErrorCatalogue = {
  folder_unusable: {
    class: "config",
    message: (p: { path: string; reason: string }) => `The folder ${p.path} can't be used: ${p.reason}`,
    hint: "Set destination_path to a folder that exists or can be created, and that this user may write to.",
  },
  write_failed: {
    class: "connection",
    message: (p: { path: string; reason: string }) => `Writing ${p.path} failed: ${p.reason}`,
    hint: "Nothing after the last STATE was kept. Free disk space or fix the permissions, then run again.",
  },
  file_collision: {
    class: "config",
    message: (p: { path: string; other: string; stream: string }) =>
      `The streams ${JSON.stringify(p.other)} and ${JSON.stringify(p.stream)} would share the file ${p.path}`,
    hint: "Load them in two runs, each with its own destination_path.",
  },
  destination_busy: {
    class: "config",
    message: (p: { path: string; pid: number }) => `The folder ${p.path} is being written by process ${p.pid}`,
    hint: "Wait until it ends, or give each target its own destination_path.",
  },
  value_lost: {
    class: "data",
    recovery: "skip",
    message: (p: { value: string }) => `A record holds ${p.value}, which JSON can't carry`,
    hint: "Make the tap send null or text instead.",
  },
} as const satisfies Record<string, ErrorEntry>;

export const errors = defineErrors(targetJsonlErrorCatalogue);
