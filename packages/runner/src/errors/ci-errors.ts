/** What can go wrong in a trial of a change, `tapline ci`. */
import type { ErrorEntry } from "@tapline/protocol";

export const ciErrorCatalogue = {
  ci_no_jobs: {
    class: "config",
    message: () => "tapline.yml has no job, so there is nothing to try",
    hint: "Add a job to tapline.yml: docs/how-to/run.md.",
  },
  ci_no_git: {
    class: "config",
    message: (p: { folder: string; reason: string }) => `${p.folder} is in no git repository that can be read: ${p.reason}`,
    hint: "tapline ci copies the project as git has it. Run it in a clone, with git in PATH.",
  },
  ci_no_base: {
    class: "config",
    message: (p: { base: string }) => `This clone has no branch, tag or commit ${p.base} to compare with`,
    hint: (p: { base: string }) =>
      `Fetch it: git fetch origin ${p.base} (in GitHub Actions: fetch-depth: 0 at actions/checkout). Name another one with --base, or compare nothing with --no-compare.`,
  },
  ci_git_failed: {
    class: "config",
    message: (p: { command: string; reason: string }) => `git ${p.command} failed: ${p.reason}`,
    hint: "Run that command yourself in the project's folder to see why.",
  },
  ci_file_missing: {
    class: "config",
    message: (p: { path: string }) => `The file ${p.path} of ci.files is not there`,
    hint: "Make it before tapline ci, or take it out of ci.files in tapline.yml.",
  },
  ci_follows_log: {
    class: "config",
    message: (p: { tap: string; path: string }) =>
      `The catalog ${p.path} of ${p.tap} follows a log (LOG_BASED), and a trial must not move its place in it`,
    hint: "Give the tap a catalog without LOG_BASED in the environment that ci.environment names.",
  },
  ci_targets_mixed: {
    class: "config",
    message: (p: { target: string; base: string; settings: readonly string[] }) =>
      `${p.target} becomes ${p.base} in a trial, and would get its settings ${p.settings.join(", ")} too`,
    hint: (p: { base: string }) => `Give the plugin ${p.base} of tapline.yml a name of its own, with inherit_from: ${p.base}.`,
  },
  scratch_missing: {
    class: "config",
    message: (p: { target: string }) => `${p.target} can't make a database for a trial: its --about does not list scratch`,
    hint: "Name a target of PostgreSQL in ci.scratch, or leave it out: then it is a DuckDB file.",
  },
  scratch_unreadable: {
    class: "protocol",
    message: (p: { target: string; start: string }) => `${p.target} answered --scratch with what is no answer: ${JSON.stringify(p.start)}`,
    hint: "This is a fault of the target. Report it, with this message.",
  },
  ci_nothing_loaded: {
    class: "data",
    message: (p: { jobs: readonly string[] }) => `No row was loaded by ${p.jobs.join(", ")}, so nothing was tried`,
    hint: "Look at what the taps of this environment read: is the sample there?",
  },
} as const satisfies Record<string, ErrorEntry>;
