/** What can go wrong before, during and at the end of a run. */
import type { ErrorEntry } from "@tapline/protocol";

export const runErrorCatalogue = {
  request_invalid: {
    class: "config",
    message: (p: { problems: readonly string[] }) => `The request for a run is not valid: ${p.problems.join("; ")}`,
    hint: "The keys of a request are in docs/reference/run.md; their form is in schemas/job-request.schema.json.",
  },
  run_id_used: {
    class: "config",
    message: (p: { runId: string }) => `There already is a run ${p.runId}`,
    hint: "Nothing was started. Ask for the run under a new id, or leave the id out.",
  },
  run_crashed: {
    class: "connection",
    message: (p: { runId: string }) => `Run ${p.runId} crashed: its process ended before the run did`,
    hint: "What was committed stays. Start it again: tapline runs retry. It continues from the last bookmark.",
  },
  run_elsewhere: {
    class: "config",
    message: (p: { runId: string; host: string | undefined }) =>
      `Run ${p.runId} is on another machine${p.host === undefined ? "" : `, ${p.host}`}`,
    hint: (p: { runId: string }) => `A run can be stopped only from its own machine or container. There: tapline runs cancel ${p.runId}`,
  },
  run_of_other_user: {
    class: "config",
    message: (p: { runId: string; pid: number }) =>
      `Run ${p.runId}, process ${p.pid}, was started by another user and can't be stopped from here`,
    hint: "Give the command as that user.",
  },
  date_invalid: {
    class: "config",
    message: (p: { flag: string; value: string }) => `${p.flag} ${JSON.stringify(p.value)} is not a date`,
    hint: "Write a day or an instant, such as 2026-01-31 or 2026-01-31T10:00:00Z.",
  },
  replace_alone: {
    class: "config",
    message: () => "--replace needs --full-refresh: only streams that are read from the beginning can replace their tables",
    hint: "Write: tapline run NAME --full-refresh --replace, or --full-refresh --replace STREAM for one stream.",
  },
  replace_not_read: {
    class: "config",
    message: (p: { stream: string }) => `--replace names ${p.stream}, and --full-refresh names other streams`,
    hint: "Name the streams once: --full-refresh --replace STREAM",
  },
  replace_range_alone: {
    class: "config",
    message: () => "A request with replace_range needs from and to: only the rows of a range can be replaced by it",
    hint: "Give both, or back-fill the range: tapline backfill JOB --from … --to … --replace-range",
  },
  from_ledger_refresh: {
    class: "config",
    message: () => "--from-ledger continues and --full-refresh starts over, so they can't be used together",
    hint: "Leave out one of the two.",
  },
  state_id_of_many: {
    class: "config",
    message: (p: { count: number }) => `One state id can't be used for ${p.count} pipes`,
    hint: "Run one step of the job by itself (tapline run TAP TARGET), or give all of them a suffix: --state-id-suffix NAME",
  },
  state_id_twice: {
    class: "config",
    message: (p: { step: string; stateId: string }) =>
      `Two steps of the job would keep their bookmark under ${p.stateId}; the second is ${JSON.stringify(p.step)}`,
    hint: "Give one of them a `state_id_suffix` in tapline.yml.",
  },
  tick_taken: {
    class: "config",
    message: (p: { name: string; dueAt: string; runId: string }) =>
      `Run ${p.runId} does not start: ${p.name}, due at ${p.dueAt}, is done or belongs to another run`,
    hint: (p: { name: string }) => `See what became of it: tapline why ${p.name}`,
  },
  range_unknown: {
    class: "config",
    message: (p: { tap: string; setting: string }) => `${p.tap} has no setting ${p.setting}, so the range to read can't be passed to it`,
    hint: (p: { setting: string }) =>
      `Leave out ${p.setting === "start_date" ? "--from" : "--to"}. If the tap has the setting but does not list it in --about, set ${p.setting} in its config in tapline.yml once.`,
  },
  follow_ends: {
    class: "config",
    message: (p: { flag: string }) => `A run with --follow has no end, so ${p.flag} can't be used with it`,
    hint: "Leave out one of the two. --timeout ends a run that follows after a time.",
  },
  follow_of_many: {
    class: "config",
    message: (p: { job: string }) =>
      `${p.job} is more than one tap and one target, and what comes after a tap that follows would never begin`,
    hint: "Follow with one pipe: tapline run TAP TARGET --follow. Let another job, on a schedule, do the rest.",
  },
  follow_unknown: {
    class: "config",
    message: (p: { tap: string }) => `${p.tap} can't follow its source: it does not list the capability "follow" in --about`,
    hint: "Run it without --follow, on a schedule: each run then reads what is new.",
  },
  follow_of_overwrite: {
    class: "config",
    message: (p: { target: string; why: string }) =>
      `${p.target} commits only at the end of a run (${p.why}), and a run with --follow has none`,
    hint: "Set another load_method for a target that follows, and leave out checks with when: commit.",
  },
  limit_of_overwrite: {
    class: "config",
    message: (p: { target: string }) =>
      `${p.target} replaces its tables (load_method: overwrite); with --limit they would lose all other rows`,
    hint: "Use another target, or an environment in which this one has another load_method.",
  },
  catalog_missing: {
    class: "config",
    message: (p: { name: string; path: string }) => `The catalog ${p.path} of ${p.name} does not exist`,
    hint: (p: { name: string; path: string }) => `Create it with: tapline discover ${p.name} > ${p.path}`,
  },
  catalog_unreadable: {
    class: "protocol",
    message: (p: { start: string }) =>
      `It printed something other than a catalog (an object with a list of streams); the output starts with ${JSON.stringify(p.start)}`,
    hint: "A tap may print only the catalog to stdout. Report it to the tap's author.",
  },
  catalog_not_told: {
    class: "config",
    message: (p: { tap: string; reason: string }) => `The streams of ${p.tap} are not known: ${p.reason}`,
    hint: (p: { advice: string }) => p.advice,
  },
  ledger_not_kept: {
    class: "config",
    message: (p: { target: string }) => `${p.target} keeps no ledger, so there is no state to start from in its database`,
    hint: "Leave out --from-ledger. To choose the state to start from yourself: tapline state set STATE_ID",
  },
  ledger_empty: {
    class: "config",
    message: (p: { ledgerId: string }) => `The ledger of the database has no commit of ${p.ledgerId}`,
    hint: (p: { command: string }) =>
      `Check that the target's settings name the right database. To load everything again: ${p.command} --full-refresh --replace`,
  },
  commit_missing: {
    class: "config",
    message: (p: { entry: string; found: string | null; known: string }) =>
      `The last commit of ${p.entry} that this project knows is of run ${p.known}, and the ledger of the database has ${p.found === null ? "none" : `that of run ${p.found}`}. The database may be another one, a new one, or restored from a backup`,
    hint: (p: { command: string; stateId: string; found: string | null }) =>
      `Check that the target's settings name the right database. ${p.found === null ? "" : `Then, to continue from what it has: ${p.command} --from-ledger. `}To load everything again: ${p.command} --full-refresh --replace. If the rows are there by other means: tapline state accept ${p.stateId}`,
  },
  replace_unknown: {
    class: "config",
    message: (p: { target: string }) => `${p.target} can't replace the tables of a run (it does not list replace-streams in --about)`,
    hint: "Leave out --replace, and delete the old rows yourself before the run.",
  },
  replace_mapped: {
    class: "config",
    message: (p: { mapper: string }) => `--replace can't name streams here, because ${p.mapper} may rename them`,
    hint: "Replace all streams: --full-refresh --replace",
  },
  replace_limited: {
    class: "config",
    message: () => "--replace with --limit would replace whole tables by a part of their rows",
    hint: "Leave out one of the two.",
  },
  keep_unknown: {
    class: "config",
    message: (p: { tap: string }) => `${p.tap} has no setting changed_settings, so --keep has no meaning for it`,
    hint: "Leave out --keep.",
  },
  last_state_unreadable: {
    class: "protocol",
    message: (p: { start: string }) =>
      `Its answer to --last-state, the question for the state in its ledger, is not a state; it starts with ${JSON.stringify(p.start)}`,
    hint: "Nothing was loaded, because rows could be loaded twice. Report it to the target's author. To run anyway, choose the state to start from with: tapline state set",
  },
  plugin_not_started: {
    class: "config",
    message: (p: { name: string; executable: string; reason: string }) => `${p.executable} could not be started: ${p.reason}`,
    hint: "Check that the file is executable and that the program in its first line (#!) is installed.",
  },
  plugin_failed: {
    class: "data",
    message: ({ how, last }: { how: string; last: string | undefined }) => {
      if (last === undefined) return `It ${how} and printed nothing`;
      return /error|exception|critical|fatal/i.test(last) ? `${last} (it ${how})` : `It ${how}; the last line it printed: ${last}`;
    },
    hint: "Fix the cause and run again: the run continues from the last bookmark. tapline runs logs shows everything that was printed in the last run.",
  },
  plugin_killed: {
    class: "connection",
    recovery: "retry",
    message: (p: { signal: string }) => `It was stopped from outside by ${p.signal}`,
    hint: (p: { signal: string }) =>
      p.signal === "SIGKILL"
        ? "If nobody did that, the machine may have run out of memory (see dmesg). Run again: the run continues from the last bookmark."
        : "Run again: the run continues from the last bookmark.",
  },
  target_ended_early: {
    class: "protocol",
    message: () => "It ended before the tap did, although it reported no failure",
    hint: "A target must read until its input ends. Look at its log lines (tapline runs logs), and report it to the target's author.",
  },
  counts_disagree: {
    class: "data",
    message: (p: { problem: string }) => p.problem,
    hint: "Don't trust the loaded data yet. Run again with --full-refresh; if it happens again, report it with the versions of both plugins.",
  },
  leftover_unstoppable: {
    class: "config",
    recovery: "retry",
    message: (p: { pid: number }) => `Process ${p.pid} of a crashed run is still running and can't be stopped`,
    hint: "Stop that process yourself, then run again.",
  },
  run_stopped: {
    class: "config",
    recovery: "retry",
    message: (p: { by: string }) => `The run was stopped by ${p.by}${p.by === "SIGINT" ? " (Ctrl-C, or tapline runs cancel)" : ""}`,
    hint: "What was committed stays, and the next run continues from there.",
  },
  memory_exceeded: {
    class: "data",
    message: (p: { usedMb: number; limitMb: number; largest: string }) =>
      `The run was stopped because its processes used ${p.usedMb} MB of memory, and limits.memory_mb allows ${p.limitMb}; the largest: ${p.largest}`,
    hint: "Raise limits.memory_mb of the job in tapline.yml, or let its plugins use less: batch_max_bytes of the target, parallel and max_parallel of the job.",
  },
  pipe_failed: {
    class: "connection",
    message: (p: { reason: string }) => `No pipe could be created between tap and target: ${p.reason}`,
    hint: "The command mkfifo must be installed, and the file system of the project's .tapline folder must support named pipes.",
  },
  notify_missing: {
    class: "config",
    message: () => "tapline.yml has no notify, so there is nobody to tell",
    hint: "Add a channel: notify: { channels: { team: { slack: $SLACK_URL } } }",
  },
  channel_unknown: {
    class: "config",
    message: (p: { name: string; known: readonly string[] }) =>
      `There is no channel ${JSON.stringify(p.name)} under notify in tapline.yml; there is ${p.known.join(", ") || "none"}`,
    hint: (p: { meant?: string | undefined }) => (p.meant === undefined ? "Name one of them." : `Did you mean ${p.meant}?`),
  },
  notify_url_invalid: {
    class: "config",
    message: (p: { place: string; protocols: readonly string[] }) =>
      `${p.place} is not a URL that begins with ${p.protocols.map((each) => `${each}//`).join(" or ")}`,
    hint: "Its value is not shown, because it may be secret. Check the variable, file or program that it comes from.",
  },
  timezone_unknown: {
    class: "config",
    message: (p: { place: string; name: string }) => `${p.place}: there is no time zone ${JSON.stringify(p.name)}`,
    hint: "Write a name of the IANA time zone database, such as Europe/Berlin or UTC.",
  },
} as const satisfies Record<string, ErrorEntry>;
