/** What can go wrong around plugins: the project file, finding executables, starting them, and how a run ended. */
import { defineErrors, type ErrorEntry } from "@tapline/protocol";
import { pluginErrorCatalogue } from "./errors/plugin-errors.ts";
import { projectErrorCatalogue } from "./errors/project-errors.ts";

export const runnerErrorCatalogue = {
  ...projectErrorCatalogue,
  ...pluginErrorCatalogue,
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
    hint: "Mend tapline.yml there. Its form: include, default_environment, env, plugins, environments, jobs.",
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
  step_unknown: {
    class: "config",
    message: (p: { step: string; wanted: string; known: readonly string[] }) =>
      `The step ${JSON.stringify(p.step)} is to run after ${JSON.stringify(p.wanted)}, and there is no such step; there are ${p.known.map((name) => JSON.stringify(name)).join(", ")}`,
    hint: (p: { meant?: string | undefined }) =>
      p.meant === undefined ? "Name a step by its `name`, or by what it runs, word for word." : `Did you mean ${JSON.stringify(p.meant)}?`,
  },
  steps_in_circle: {
    class: "config",
    message: (p: { job: string; step: string }) => `In the job ${p.job} the step ${JSON.stringify(p.step)} waits for itself`,
    hint: "Mend `after` there: following it from step to step must come to an end.",
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
      `${p.meant === undefined ? "" : `Did you mean ${p.meant}? Else i`}${p.meant === undefined ? "I" : ""}nstall it: tapline add ${p.name} (from npm), tapline add ${p.name} --pip PACKAGE (Python); or set plugins.${p.name}.executable in tapline.yml.`,
  },
  state_id_of_many: {
    class: "config",
    message: (p: { count: number }) => `One state id can't be that of ${p.count} pipes`,
    hint: "Run one step of the job by itself (tapline run TAP TARGET), or give all of them a suffix: --state-id-suffix NAME",
  },
  state_id_twice: {
    class: "config",
    message: (p: { step: string; stateId: string }) =>
      `Two steps of the job would keep their bookmark under ${p.stateId}; the second is ${JSON.stringify(p.step)}`,
    hint: "Give one of them a `state_id_suffix` in tapline.yml.",
  },
  stream_not_in_state: {
    class: "config",
    message: (p: { stream: string; known: readonly string[] }) =>
      `There is no bookmark of ${p.stream}; the state has ${p.known.length === 0 ? "none by stream" : `those of ${p.known.join(", ")}`}`,
    hint: (p: { meant?: string | undefined }) =>
      p.meant === undefined
        ? "A stream without a bookmark is read from its beginning anyway. Without names, all of them start over."
        : `Did you mean ${p.meant}?`,
  },
  range_unknown: {
    class: "config",
    message: (p: { tap: string; setting: string }) => `${p.tap} has no setting ${p.setting}, so it can't be told which range to read`,
    hint: (p: { setting: string }) =>
      `Leave out ${p.setting === "start_date" ? "--from" : "--to"}. If the tap knows the setting but doesn't tell of it, set ${p.setting} in its config in tapline.yml once.`,
  },
  limit_of_overwrite: {
    class: "config",
    message: (p: { target: string }) =>
      `${p.target} writes its tables anew (load_method: overwrite); with --limit they would lose all other rows`,
    hint: "Try it with another target, or with another load_method in an environment of its own.",
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
  last_state_unreadable: {
    class: "protocol",
    message: (p: { start: string }) =>
      `Asked for the state its ledger keeps (--last-state), it did not answer with one; the answer starts with ${JSON.stringify(p.start)}`,
    hint: "Nothing was loaded, for rows might be loaded twice. Report it to the target's author; tapline state set, with the state the next run is to go on from, gets around it.",
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
  catalog_not_told: {
    class: "config",
    message: (p: { tap: string; reason: string }) => `The streams of ${p.tap} are not known: ${p.reason}`,
    hint: (p: { advice: string }) => p.advice,
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
    message: (p: { stateId: string; runId: string; where: string; started: string }) =>
      `${p.stateId} is already running: run ${p.runId}, ${p.where}, since ${p.started}`,
    hint: "Wait for that run or stop it, or run beside it with a state id of its own: --state-id-suffix NAME",
  },
  leftover_unstoppable: {
    class: "config",
    recovery: "retry",
    message: (p: { pid: number }) => `Process ${p.pid} of a crashed run is still there and can't be stopped`,
    hint: "Stop that process yourself, then run again.",
  },
  run_stopped: {
    class: "config",
    recovery: "retry",
    message: (p: { by: string }) => `The run was stopped by ${p.by}`,
    hint: "Run again: it goes on from the last bookmark.",
  },
  state_id_invalid: {
    class: "config",
    message: (p: { part: string }) => `${JSON.stringify(p.part)} can't be part of a state id`,
    hint: "Use letters, digits, dots, dashes and underscores.",
  },
  lease_lost: {
    class: "connection",
    message: (p: { stateId: string; runId: string; by: string | undefined }) =>
      `The run ${p.runId} of ${p.stateId} is not under way any more: ${p.by === undefined || p.by === p.runId ? "it was taken for dead" : `${p.by} took its place`}`,
    hint: "This machine was cut off from the store of states, or asleep, for longer than the lease. What the other run keeps is right; run again if it is done.",
  },
  state_changed: {
    class: "data",
    message: (p: { stateId: string; runId: string | undefined }) =>
      `The state of ${p.stateId} is another one by now${p.runId === undefined ? ": it was cleared" : `, kept by ${p.runId}`}`,
    hint: "Look at it with tapline state get, and make the change again if it is still wanted.",
  },
  state_setting_missing: {
    class: "config",
    message: (p: { setting: string; backend: string }) => `state.${p.setting} is not set, which the backend ${p.backend} needs`,
    hint: (p: { setting: string }) => `Set it in tapline.yml: state: { ${p.setting}: $STATE_${p.setting.toUpperCase()} }`,
  },
  store_unreachable: {
    class: "connection",
    recovery: "retry",
    message: (p: { place: string; reason: string }) => `States can't be kept in ${p.place}: ${p.reason}`,
    hint: "Check state.url in tapline.yml, that the server runs and lets this role in, and that the role may use the schema (or make it). Then run again: it goes on from the last bookmark that was kept.",
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
