/** Settings of a job that say when it is late. */
import { type Static, Type } from "@tapline/protocol";

const duration = (description: string) => Type.Optional(Type.String({ pattern: "^\\d+(\\.\\d+)?(s|m|h|d)$", description }));
const timeOfDay = (description: string) => Type.String({ pattern: "^([01]\\d|2[0-3]):[0-5]\\d$", description });

export const latenessSettings = {
  fresh_within: duration("Tell people (freshness) when no run has succeeded for longer than this, such as 26h or 2d."),
  sla: Type.Optional(
    Type.Object(
      {
        done_by: Type.Optional(timeOfDay("Tell people when no run has succeeded by this time of day, such as 07:00.")),
        since: Type.Optional(
          timeOfDay("The success must have been after this time of day; if it is later than done_by, on the day before. Default: 00:00."),
        ),
        timezone: Type.Optional(Type.String({ minLength: 1, description: "The time zone of both, such as Europe/Berlin. Default: UTC." })),
        days: Type.Optional(
          Type.Array(Type.Enum(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]), {
            minItems: 1,
            description: "The days on which done_by counts. Default: all.",
          }),
        ),
        within: duration("Tell people when a run takes longer than this, such as 90m."),
      },
      { additionalProperties: false, description: "What was promised about the whole job. Who is told: notify." },
    ),
  ),
};

const lateness = Type.Object(latenessSettings);

export type Lateness = Static<typeof lateness>;
