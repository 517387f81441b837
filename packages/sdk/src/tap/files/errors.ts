/** The failures of taps that read files: of paths, and of files that change. */
import { defineErrors, type ErrorEntry } from "@tapline/protocol";

export const fileErrorCatalogue = {
  file_missing: {
    class: "config",
    message: (p: { path: string }) => `The file or folder ${p.path} does not exist`,
    hint: "Check the path. A relative path starts at the folder where the command runs.",
  },
  file_forbidden: {
    class: "config",
    message: (p: { path: string; user: string }) => `The user ${p.user} is not allowed to read ${p.path}`,
    hint: "Give this user read permission for the file and the folders above it (chmod, chown), or run as another user.",
  },
  file_unreadable: {
    class: "config",
    message: (p: { path: string; reason: string }) => `${p.path} can't be read: ${p.reason}`,
    hint: "Give a regular file, a folder or a pipe, and leave it in place while it is read.",
  },
  pattern_without_files: {
    class: "config",
    message: (p: { pattern: string }) => `No file matches the pattern ${p.pattern}`,
    hint: "Check the pattern. A relative pattern starts at the folder where the command runs. * matches within one folder, ** also matches the folders below it.",
  },
  pattern_unusable: {
    class: "config",
    message: (p: { pattern: string; reason: string }) => `The pattern ${p.pattern} can't be used: ${p.reason}`,
    hint: "Give several shorter patterns as a list.",
  },
  path_outside_root: {
    class: "config",
    message: (p: { path: string; real: string; root: string }) => `${p.path} leads to ${p.real}, which is outside the root ${p.root}`,
    hint: "Only files inside the folder root are read. Move the file there, replace the link with the file, or change root.",
  },
  file_changed: {
    class: "data",
    recovery: "retry",
    message: (p: { before: string; now: string }) => `The file changed while it was being read: before ${p.before}, now ${p.now}`,
    hint: "Run again when the file is complete. To avoid this, let the program that writes it use another name and rename the file when it is done.",
  },
  file_rewritten: {
    class: "data",
    message: (p: { path: string; changes: readonly string[] }) =>
      `${p.path} was read before and has changed since: ${p.changes.join("; ")}. Its rows would be appended a second time`,
    hint: (p: { stream: string }) =>
      `Set keys, so that rows are replaced by their key. Or set changed_files: replace exchanges the rows of the file (with add_metadata_columns, and a target that lists replace-source), append adds all its rows again. To load the stream anew: tapline run … --full-refresh --replace ${p.stream}`,
  },
  replace_unusable: {
    class: "config",
    message: (p: { problem: string }) => `changed_files is replace, but rows of a changed file can't be replaced: ${p.problem}`,
    hint: "Set changed_files to fail or append, or correct what is named. Rows that were loaded without the name of their file are replaced by tapline run … --full-refresh --replace STREAM.",
  },
  file_bookmark_unusable: {
    class: "config",
    message: (p: { value: string }) => `The state has a bookmark for the file that this tap did not write: ${p.value}`,
    hint: "Clear the stream's state to read everything again.",
  },
} as const satisfies Record<string, ErrorEntry>;

export const fileErrors = defineErrors(fileErrorCatalogue);
