/**
 * All that is asked of one run: what to run, in which way, and why. `tapline run` makes one from its flags, a scheduler writes one, and
 * the history keeps it, so that the run can be repeated. A JSON Schema is generated from it.
 */
import { type Static, Type } from "@tapline/protocol";
import { runIdPattern, triggerSchema } from "./trigger.ts";

const names = (description: string) => Type.Optional(Type.Array(Type.String({ minLength: 1 }), { description }));
const text = (description: string) => Type.Optional(Type.String({ minLength: 1, description }));
const flag = (description: string) => Type.Optional(Type.Boolean({ description }));
const flagOrNames = (description: string) =>
  Type.Optional(Type.Union([Type.Boolean(), Type.Array(Type.String({ minLength: 1 }), { minItems: 1 })], { description }));

export const jobRequestSchema = Type.Object(
  {
    words: Type.Array(Type.String(), {
      minItems: 1,
      description: "A job of tapline.yml, or a tap, mappers if any and a target, or a program and its arguments.",
    }),
    environment: text("The environment of tapline.yml. Default: its default_environment, else dev."),
    select: names("Patterns of streams and columns that narrow what the project selects: STREAM or STREAM.COLUMN, * for any."),
    exclude: names("Patterns of streams and columns to leave out."),
    full_refresh: flagOrNames("The streams to read from the beginning; true: all."),
    replace: flagOrNames("The streams whose tables are replaced by what the run reads from the beginning; true: all."),
    from_ledger: flag("Start from the state in the target's ledger."),
    follow: flag("The tap stays and follows its source until somebody stops the run. Only for a run of one pipe."),
    keep: flag("Go on although the tap's settings changed since it read some files."),
    refresh_catalog: flag("Discover the tap's streams again."),
    state_id: text("Keep the bookmark under this id."),
    state_id_suffix: text("Keep the bookmark under the usual id with this suffix."),
    from: text("Read from this day or instant on (the tap's start_date), with a separate bookmark."),
    to: text("Read up to this day or instant (the tap's end_date), with a separate bookmark."),
    replace_range: flag(
      "With `from` and `to`: the target deletes the rows that it has of the range in the commit that holds those of the run.",
    ),
    limit: Type.Optional(Type.Integer({ minimum: 0, description: "The most rows of each stream." })),
    batch: Type.Optional(Type.Enum(["auto", "off"], { description: "off: taps send records. Default: what the job says." })),
    timeout_seconds: Type.Optional(Type.Number({ minimum: 0.001, description: "Stop the run after this time." })),
    exit_99: flag("Exit with 99 when there was nothing to do."),
    tags: Type.Optional(
      Type.Record(Type.String({ pattern: "^[^=\\s]+$" }), Type.String(), { description: "Kept in the history, to find the run by." }),
    ),
    only: Type.Optional(
      Type.Array(Type.Integer({ minimum: 0 }), {
        description: "The indexes of the job's steps to run; the others count as done. Default: all.",
      }),
    ),
    trigger: Type.Optional(triggerSchema),
    run_id: Type.Optional(
      Type.String({
        pattern: runIdPattern,
        description:
          "The id of the run, such as 20260131T101500Z-1a2b3c4d, from one that must know it before the start. Default: a new one.",
      }),
    ),
  },
  { title: "Job request", description: "What is asked of one run: tapline run --request FILE.", additionalProperties: false },
);

export type JobRequest = Static<typeof jobRequestSchema>;
