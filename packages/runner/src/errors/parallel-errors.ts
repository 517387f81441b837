/** What can go wrong with two pipelines side by side, and with the cutover from one to the other. */
import type { ErrorEntry } from "@tapline/protocol";

const some = (problems: readonly string[]): string =>
  `${problems.slice(0, 5).join("; ")}${problems.length > 5 ? `; and ${problems.length - 5} more` : ""}`;

export const parallelErrorCatalogue = {
  parallel_run_missing: {
    class: "config",
    message: () => "tapline.yml has no parallel_run",
    hint: "Say there which schemas and tables are compared: docs/how-to/parallel-run.md",
  },
  parallel_run_unknown: {
    class: "config",
    message: (p: { name: string | undefined; known: readonly string[]; meant: string | undefined }) =>
      p.name === undefined
        ? `tapline.yml has several parallel runs: ${p.known.join(", ")}`
        : `tapline.yml has no parallel run ${p.name}${p.meant === undefined ? `; it has ${p.known.join(", ")}` : `; did you mean ${p.meant}?`}`,
    hint: "Name one of those under parallel_run.",
  },
  parallel_job_unknown: {
    class: "config",
    message: (p: { name: string; known: readonly string[] }) =>
      `The parallel run ${p.name} has no job of this name; tapline.yml has ${p.known.join(", ") || "none"}`,
    hint: "A parallel run has the name of the job that is the new pipeline.",
  },
  parallel_day_invalid: {
    class: "config",
    message: (p: { day: string; today: string; timezone: string }) =>
      `${p.day} can't be compared: it must be a day up to today, which is ${p.today} (${p.timezone})`,
    hint: "Write it as --day 2026-01-31. Without --day, today is compared.",
  },
  report_unknown: {
    class: "config",
    message: (p: { job: string; wanted: string | undefined; newer: string | undefined; last: string | undefined }) =>
      p.wanted === undefined
        ? `${p.job} has no report`
        : p.newer === undefined
          ? `${p.job} has no report ${p.wanted}`
          : `The report ${p.wanted} was replaced by ${p.newer}: the day was compared again`,
    hint: (p: { job: string; last: string | undefined }) =>
      p.last === undefined
        ? `Compare a day: tapline parallel-run ${p.job}`
        : `The last one is ${p.last}: tapline parallel-run status ${p.job}`,
  },
  report_not_clean: {
    class: "data",
    message: (p: { job: string; id: string; problems: readonly string[] }) => `The report ${p.id} can't be signed off: ${some(p.problems)}`,
    hint: "Find the cause in the report, mend it, and compare again. A column or a total that may differ is named in parallel_run (exclude, tolerances).",
  },
  cutover_unset: {
    class: "config",
    message: (p: { job: string }) => `The parallel run ${p.job} does not say what a cutover renames`,
    hint: "Add cutover: { rename: { analytics_legacy: analytics_archive, analytics_new: analytics } } to it in tapline.yml.",
  },
  cutover_circle: {
    class: "config",
    message: (p: { job: string }) => `The renames of ${p.job} go around in a circle, or give two schemas one name`,
    hint: "Give the old schema a name of its own, such as analytics_archive.",
  },
  cutover_unsupported: {
    class: "config",
    message: (p: { target: string; steps: string }) => `${p.target} can't rename schemas in one transaction, so nothing was changed`,
    hint: (p: { steps: string }) =>
      `By hand: 1. pause the schedules (tapline pause JOB). 2. ${p.steps}, with the database's own program, or load into a new database file. 3. Set the schema of the targets and of dbt in tapline.yml (tapline config set). 4. Run each job once and look: tapline check. 5. tapline resume JOB. docs/how-to/parallel-run.md has the steps.`,
  },
  cutover_not_ready: {
    class: "data",
    message: (p: { job: string; reasons: readonly string[] }) => `${p.job} is not ready for its cutover: ${some(p.reasons)}`,
    hint: (p: { job: string }) =>
      `tapline parallel-run status ${p.job} shows the days and the sign-offs. To make it all the same, say who and why, which is recorded: --override "REASON" --as NAME`,
  },
  cutover_blocked_by_runs: {
    class: "connection",
    message: (p: { runs: readonly string[] }) => `Runs are at work: ${some(p.runs)}`,
    hint: "Nothing was renamed. Wait until they have ended, or stop them (tapline runs cancel RUN), and pause the schedules: tapline pause JOB",
  },
  cutover_at_work: {
    class: "config",
    message: (p: { job: string; isUndo: boolean; environment: string }) =>
      `The ${p.isUndo ? "undo of the cutover" : "cutover"} of ${p.job} is not finished, and renames schemas of ${p.environment}`,
    hint: (p: { job: string; isUndo: boolean }) =>
      `Wait for it. If it was killed, finish it: tapline cutover ${p.job}${p.isUndo ? " --undo" : ""}`,
  },
  cutover_half_way: {
    class: "config",
    message: (p: { job: string; isUndo: boolean }) =>
      `The ${p.isUndo ? "undo of the cutover" : "cutover"} of ${p.job} was begun and not finished`,
    hint: (p: { job: string; isUndo: boolean }) => `Finish it first: tapline cutover ${p.job}${p.isUndo ? " --undo" : ""}`,
  },
  cutover_made: {
    class: "config",
    message: (p: { job: string; at: string }) => `${p.job} was cut over at ${p.at}, so there is no old side to compare`,
    hint: (p: { job: string }) => `To go back to the old side: tapline cutover ${p.job} --undo`,
  },
  cutover_not_made: {
    class: "config",
    message: (p: { job: string }) => `${p.job} has no cutover to undo`,
    hint: "The database has the names before the cutover, and nothing was changed.",
  },
  cutover_by_others: {
    class: "data",
    message: (p: { job: string; state: string; reason: string }) => `The schemas of ${p.job} are not as tapline left them: ${p.reason}`,
    hint: "Rename the schemas back as they were, or take away what is in the way: an old pipeline that still runs may have made its schema again. Nothing was changed.",
  },
  cutover_failed: {
    class: "connection",
    message: (p: { job: string; reason: string }) => `The schemas of ${p.job} were not renamed: ${p.reason}`,
    hint: (p: { job: string }) => `Nothing was changed. When the cause is mended, run the same command again: tapline cutover ${p.job}`,
  },
  cutover_unreadable: {
    class: "protocol",
    message: (p: { name: string; start: string }) =>
      `${p.name} was asked about a cutover, and printed something other than an answer: ${JSON.stringify(p.start)}`,
    hint: "Upgrade the plugin and tapline to the same version, then run the same command again: it looks which names the database has.",
  },
} as const satisfies Record<string, ErrorEntry>;
