/** What made a run start: a person's command, the retry of an earlier run, a schedule, a sensor or a back-fill. */
import { type Static, Type } from "@tapline/protocol";

/** The form of the ids that `makeRunId` makes. */
export const runIdPattern = "^\\d{8}T\\d{6}Z-[0-9a-f]{8}$";

const closed = { additionalProperties: false };

export const triggerSchema = Type.Union(
  [
    Type.Object({ kind: Type.Literal("command") }, closed),
    Type.Object(
      { kind: Type.Literal("retry"), of: Type.String({ description: "The id of the run whose steps are tried again." }) },
      closed,
    ),
    Type.Object(
      {
        kind: Type.Literal("schedule"),
        name: Type.String({ minLength: 1 }),
        due_at: Type.String({ description: "The instant at which the run was due, in ISO 8601." }),
      },
      closed,
    ),
    Type.Object(
      {
        kind: Type.Literal("sensor"),
        name: Type.String({ minLength: 1 }),
        due_at: Type.String({ description: "The instant at which the sensor saw the files, in ISO 8601." }),
      },
      closed,
    ),
    Type.Object(
      {
        kind: Type.Literal("backfill"),
        id: Type.String({ minLength: 1 }),
        partition: Type.String({ minLength: 1, description: "The part of the range that this run loads." }),
      },
      closed,
    ),
  ],
  { description: "What made the run start. Default: a command." },
);

export type Trigger = Static<typeof triggerSchema>;
export type TriggerKind = Trigger["kind"];

export const triggerKinds = ["command", "retry", "schedule", "sensor", "backfill"] as const satisfies readonly TriggerKind[];

/** "command", "retry of RUN", "schedule nightly, due 2026-01-31T02:00:00Z". */
export function describeTrigger(trigger: Trigger): string {
  if (trigger.kind === "retry") return `retry of ${trigger.of}`;
  if (trigger.kind === "schedule") return `schedule ${trigger.name}, due ${trigger.due_at}`;
  if (trigger.kind === "sensor") return `sensor ${trigger.name}, ${trigger.due_at}`;
  if (trigger.kind === "backfill") return `backfill ${trigger.id}, ${trigger.partition}`;
  return "command";
}
