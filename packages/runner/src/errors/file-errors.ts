/** What can go wrong with files that are put away after their load. */
import type { ErrorEntry } from "@tapline/protocol";

export const fileErrorCatalogue = {
  files_unsupported: {
    class: "config",
    message: (p: { tap: string }) => `${p.tap} can't put files away after their load (it does not list files in --about)`,
    hint: (p: { tap: string }) => `Remove files from the entry of ${p.tap} in tapline.yml.`,
  },
  files_overwritten: {
    class: "config",
    message: (p: { tap: string; target: string }) =>
      `${p.target} replaces its tables with every run (load_method: overwrite), so it would lose the rows of files that ${p.tap} has put away`,
    hint: (p: { tap: string }) => `Use load_method: upsert or append-only, or remove files from the entry of ${p.tap} in tapline.yml.`,
  },
  files_in_archive: {
    class: "config",
    message: (p: { count: number; archive: string }) =>
      `--replace would leave out the rows of ${p.count} ${p.count === 1 ? "file" : "files"} that ${p.count === 1 ? "was" : "were"} loaded and put away in ${p.archive}`,
    hint: (p: { tap: string }) =>
      `Bring them back first: tapline files restore ${p.tap} --all. Where their rows may go, or several had one name: tapline files forget ${p.tap} --all`,
  },
  files_unreadable: {
    class: "protocol",
    message: (p: { start: string }) =>
      `It printed something other than files as JSON lines; the output starts with ${JSON.stringify(p.start)}`,
    hint: "Report it to the tap's author.",
  },
  file_not_archived: {
    class: "config",
    message: (p: { path: string; archive: string; reason: string }) => `${p.path} could not be put away in ${p.archive}: ${p.reason}`,
    hint: "Mend it and run again. What was loaded is not loaded a second time.",
  },
  file_not_claimed: {
    class: "config",
    message: (p: { path: string; reason: string }) => `${p.path} can't be read to be loaded: ${p.reason}`,
    hint: "Give the user that runs tapline permission to read and to move the file.",
  },
  file_unknown: {
    class: "config",
    message: (p: { name: string; tap: string }) => `${p.tap} has no such file put away: ${JSON.stringify(p.name)}`,
    hint: (p: { tap: string }) => `For all of them: tapline files list ${p.tap}`,
  },
  file_several: {
    class: "config",
    message: (p: { name: string; count: number }) => `${p.count} files that were put away had the name ${JSON.stringify(p.name)}`,
    hint: (p: { ids: string }) => `Name one by its id (the newest first: ${p.ids}), or all of them with --every`,
  },
  file_in_the_way: {
    class: "config",
    message: (p: { path: string }) => `There is another file at ${p.path}, and none is overwritten`,
    hint: "Load it first, or move it away.",
  },
  file_gone: {
    class: "config",
    message: (p: { path: string }) => `The archived file ${p.path} is gone`,
    hint: "Put the file into its folder again yourself; where its content was loaded, set duplicate_content: load for that run.",
  },
  files_not_kept: {
    class: "config",
    message: () => "No tap of this project puts files away",
    hint: "Set files: { archive: FOLDER } in the entry of a tap that lists the capability files, such as tap-csv.",
  },
} as const satisfies Record<string, ErrorEntry>;
