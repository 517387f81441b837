/** What can go wrong before a back-fill begins, and with its partitions. */
import type { ErrorEntry } from "@tapline/protocol";

export const backfillErrorCatalogue = {
  backfill_range_invalid: {
    class: "config",
    message: (p: { from: string; to: string }) => `${p.from} to ${p.to} is no range of days`,
    hint: "Write two days that exist, the first before the second, such as --from 2026-01-01 --to 2026-04-01. The second one is not part of the range.",
  },
  backfill_zone_unknown: {
    class: "config",
    message: (p: { name: string }) => `There is no time zone ${JSON.stringify(p.name)}`,
    hint: "Write a name of the IANA time zone database, such as Europe/Berlin or UTC.",
  },
  backfill_impossible: {
    class: "config",
    message: (p: { job: string; reasons: readonly string[] }) => `Nothing of ${p.job} can be back-filled: ${p.reasons.join("; ")}`,
    hint: "A stream needs a tap that reads ranges (range in --about) and replication-method INCREMENTAL with a replication key that is a time or a date: docs/how-to/backfill.md",
  },
  backfill_mode_missing: {
    class: "config",
    message: (p: { target: string; streams: readonly string[] }) =>
      `Rows that ${p.target} already has would be there twice: it adds rows to ${p.streams.join(", ")} and replaces none by key`,
    hint: "With --replace-range the rows of each partition replace those that the table has of it. With --append they are added all the same.",
  },
  backfill_replace_unknown: {
    class: "config",
    message: (p: { target: string; what: string }) => `${p.target} can't replace the rows of a range: ${p.what}`,
    hint: "Leave out --replace-range, or load into target-postgres, target-duckdb or target-snowflake.",
  },
  backfill_overwrites: {
    class: "config",
    message: (p: { target: string }) =>
      `${p.target} replaces whole tables (load_method: overwrite), so each partition would delete the others`,
    hint: "Use an environment in which the target has another load_method.",
  },
  backfill_overlaps: {
    class: "config",
    message: (p: { id: string; from: string; to: string; way: string }) =>
      `Back-fill ${p.id} of the same pipe is not done, and its range overlaps: ${p.from} to ${p.to}, ${p.way}`,
    hint: (p: { id: string }) =>
      `Give that command again to finish it, or give it up: tapline backfill drop ${p.id}. What it is: tapline backfill show ${p.id}`,
  },
  backfill_unknown: {
    class: "config",
    message: (p: { id: string }) => `There is no back-fill ${JSON.stringify(p.id)}`,
    hint: "See: tapline backfill list",
  },
  backfill_at_work: {
    class: "config",
    message: (p: { id: string; parts: readonly string[] }) => `Partitions of back-fill ${p.id} are at work: ${p.parts.join(", ")}`,
    hint: "Stop its command first, or wait until they are done.",
  },
  partition_taken: {
    class: "config",
    message: (p: { id: string; partition: string; runId: string }) =>
      `Run ${p.runId} does not start: partition ${p.partition} of back-fill ${p.id} is done or belongs to another run`,
    hint: (p: { id: string }) => `Runs of partitions are started by tapline backfill. See: tapline backfill show ${p.id}`,
  },
} as const satisfies Record<string, ErrorEntry>;
