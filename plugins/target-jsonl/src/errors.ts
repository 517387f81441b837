/** What can go wrong when rows go to files. */
import { defineErrors, type ErrorEntry } from "@tapline/sdk";

export const targetJsonlErrorCatalogue = {
  folder_unusable: {
    class: "config",
    message: (p: { path: string; reason: string }) => `The folder ${p.path} can't be used: ${p.reason}`,
    hint: "Give a destination_path that exists or can be made, and that this user may write to.",
  },
  write_failed: {
    class: "connection",
    message: (p: { path: string; reason: string }) => `Writing ${p.path} failed: ${p.reason}`,
    hint: "Nothing behind the last STATE was kept. Free space or mend the permissions, then run again.",
  },
  file_collision: {
    class: "config",
    message: (p: { path: string; other: string; stream: string }) =>
      `The streams ${JSON.stringify(p.other)} and ${JSON.stringify(p.stream)} would share the file ${p.path}`,
    hint: "Load them in two runs with a destination_path of their own.",
  },
  destination_busy: {
    class: "config",
    message: (p: { path: string; pid: number }) => `The folder ${p.path} is being written by process ${p.pid}`,
    hint: "Wait for it to end, or give each target a destination_path of its own.",
  },
  value_lost: {
    class: "data",
    recovery: "skip",
    message: (p: { value: string }) => `A record holds ${p.value}, which JSON can't carry`,
    hint: "Have the tap send null or text in its place.",
  },
} as const satisfies Record<string, ErrorEntry>;

export const errors = defineErrors(targetJsonlErrorCatalogue);
