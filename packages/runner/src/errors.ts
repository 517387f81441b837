/** What can go wrong around plugins: the project file, finding executables, starting them, and how a run ended. */
import { defineErrors, type ErrorEntry } from "@tapline/protocol";

export const runnerErrorCatalogue = {
  project_missing: {
    class: "config",
    message: (p: { folder: string }) => `There is no tapline.yml in ${p.folder} or any folder above it`,
    hint: "Change to your project's folder, or make one with: tapline init",
  },
  project_unreadable: {
    class: "config",
    message: (p: { reason: string }) => `The project file can't be read: ${p.reason}`,
    hint: "Give the user that runs this read permission on the file.",
  },
  project_not_yaml: {
    class: "config",
    message: (p: { reason: string }) => `The project file is not valid YAML: ${p.reason}`,
    hint: "Look at that line: tabs, a missing space after a colon and wrong indentation are the usual causes.",
  },
  project_invalid: {
    class: "config",
    message: (p: { problems: readonly string[] }) => p.problems.join("; "),
    hint: "Mend tapline.yml there. Its form: default_environment, plugins, environments, jobs.",
  },
  variable_missing: {
    class: "config",
    message: (p: { variable: string; place: string }) => `The variable ${p.variable}, wanted by ${p.place}, is not set`,
    hint: (p: { variable: string }) =>
      `Set it in the environment or in a file .env beside tapline.yml: ${p.variable}=… (a literal dollar sign is written $$).`,
  },
  job_unknown: {
    class: "config",
    message: (p: { name: string; known: readonly string[] }) =>
      `There is no job ${JSON.stringify(p.name)} in tapline.yml; there ${p.known.length === 1 ? "is" : "are"} ${p.known.join(", ") || "none"}`,
    hint: (p: { name: string; meant?: string | undefined }) =>
      p.meant === undefined ? "Name a job of tapline.yml, or a tap and a target: tapline run tap-x target-y" : `Did you mean ${p.meant}?`,
  },
  environment_unknown: {
    class: "config",
    message: (p: { name: string; known: readonly string[] }) =>
      `There is no environment ${JSON.stringify(p.name)} in tapline.yml; known: ${p.known.join(", ")}`,
    hint: (p: { name: string; meant?: string | undefined }) =>
      p.meant === undefined ? `Add it under environments, for example: ${p.name}: {}` : `Did you mean ${p.meant}?`,
  },
  plugin_name_invalid: {
    class: "config",
    message: (p: { name: string }) => `${JSON.stringify(p.name)} can't be a plugin's name`,
    hint: "A name has lower-case letters, digits, dots, dashes and underscores, such as tap-csv. Give a path as `executable` in tapline.yml.",
  },
  plugin_not_found: {
    class: "config",
    message: (p: { name: string; executable: string }) =>
      p.executable === p.name
        ? `The executable ${p.name} is neither in a node_modules/.bin here or above, nor in PATH`
        : `The executable ${p.executable} of ${p.name} doesn't exist or may not be executed`,
    hint: (p: { name: string; meant?: string | undefined }) =>
      `${p.meant === undefined ? "" : `Did you mean ${p.meant}? Else i`}${p.meant === undefined ? "I" : ""}nstall the package that has it, for example with npm install @tapline/${p.name}, or set plugins.${p.name}.executable to its path in tapline.yml.`,
  },
  catalog_missing: {
    class: "config",
    message: (p: { name: string; path: string }) => `The catalog ${p.path} of ${p.name} doesn't exist`,
    hint: (p: { name: string; path: string }) => `Make it with: tapline discover ${p.name} > ${p.path}`,
  },
  catalog_unreadable: {
    class: "protocol",
    message: (p: { start: string }) =>
      `What it printed is no catalog (an object with a list of streams); it starts with ${JSON.stringify(p.start)}`,
    hint: "Only the catalog may be on the tap's stdout; report it to the tap's author.",
  },
  plugin_not_started: {
    class: "config",
    message: (p: { name: string; executable: string; reason: string }) => `${p.executable} could not be started: ${p.reason}`,
    hint: "Check that the file is executable and that the program in its first line (#!) is installed.",
  },
  plugin_failed: {
    class: "data",
    message: (p: { how: string; last: string | undefined }) =>
      p.last === undefined ? `It ${p.how} and said nothing` : `It ${p.how}; its last words: ${p.last}`,
    hint: "Read its log lines above, mend what they name, and run again: the run goes on from the last bookmark.",
  },
  plugin_killed: {
    class: "connection",
    recovery: "retry",
    message: (p: { signal: string }) => `It was stopped from outside by ${p.signal}`,
    hint: (p: { signal: string }) =>
      p.signal === "SIGKILL"
        ? "If nobody did that, the machine may have run out of memory (see dmesg). Run again: the run goes on from the last bookmark."
        : "Run again: the run goes on from the last bookmark.",
  },
  target_ended_early: {
    class: "protocol",
    message: () => "It ended before the tap did, although it reported no failure",
    hint: "A target reads until its input ends. Look at its log lines above, and report it to the target's author.",
  },
  counts_disagree: {
    class: "data",
    message: (p: { problem: string }) => p.problem,
    hint: "Don't trust the loaded data yet. Run again with --full-refresh; if it happens again, report it with the versions of both plugins.",
  },
  already_running: {
    class: "config",
    recovery: "retry",
    message: (p: { stateId: string; runId: string; pid: number; started: string }) =>
      `${p.stateId} is already running: run ${p.runId}, process ${p.pid}, since ${p.started}`,
    hint: "Wait for that run or stop it, or run beside it with a state id of its own: --state-id-suffix NAME",
  },
  leftover_unstoppable: {
    class: "config",
    recovery: "retry",
    message: (p: { runId: string; pid: number }) => `Process ${p.pid} of the crashed run ${p.runId} is still there and can't be stopped`,
    hint: "Stop that process yourself, then run again.",
  },
  run_stopped: {
    class: "config",
    recovery: "retry",
    message: (p: { signal: string }) => `The run was stopped by ${p.signal}`,
    hint: "Run again: it goes on from the last bookmark.",
  },
  state_id_invalid: {
    class: "config",
    message: (p: { part: string }) => `${JSON.stringify(p.part)} can't be part of a state id`,
    hint: "Use letters, digits, dots, dashes and underscores.",
  },
  store_too_new: {
    class: "config",
    message: (p: { path: string; version: number }) => `${p.path} was written by a newer tapline (form ${p.version})`,
    hint: "Update tapline, or use another project folder.",
  },
  store_unusable: {
    class: "config",
    message: (p: { path: string; reason: string }) => `State and history can't be kept in ${p.path}: ${p.reason}`,
    hint: "Give the user that runs this write permission on the project's .tapline folder. If the disk is full, free space; if files may not grow (ulimit -f), raise that limit. Then run again: it goes on from the last bookmark that was kept.",
  },
  pipe_failed: {
    class: "connection",
    message: (p: { reason: string }) => `No pipe could be made between tap and target: ${p.reason}`,
    hint: "The command mkfifo must be installed, and the file system of the project's .tapline folder must know named pipes.",
  },
} as const satisfies Record<string, ErrorEntry>;

export const errors = defineErrors(runnerErrorCatalogue);
