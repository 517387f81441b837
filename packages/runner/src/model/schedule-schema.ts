/** The parts of tapline.yml that say when jobs run by themselves. */
import { type Static, Type } from "@tapline/protocol";

const name = Type.String({ pattern: "^[A-Za-z0-9][\\w.-]*$", maxLength: 100, description: "Its name: letters, digits, _ . and -." });
const job = Type.String({ minLength: 1, description: "The job to run." });
const environment = Type.Optional(Type.String({ minLength: 1, description: "The environment to run in. Default: the project's." }));
const closed = { additionalProperties: false };

export const missedPolicies = ["latest", "skip", "all"] as const;

const schedule = Type.Object(
  {
    name,
    cron: Type.String({
      minLength: 1,
      description:
        'Minute, hour, day of the month, month, day of the week: "0 2 * * *" is 02:00 each day. A sixth field before them is seconds.',
    }),
    timezone: Type.Optional(
      Type.String({ minLength: 1, description: "The time zone of the cron expression, such as America/New_York. Default: UTC." }),
    ),
    job,
    environment,
    missed: Type.Optional(
      Type.Enum([...missedPolicies], {
        description:
          "What becomes of due times that passed while no server ran, the schedule was paused or the job was still running. latest (default): the last one runs once. skip: none runs. all: each runs, one after another.",
      }),
    ),
  },
  closed,
);

const sensor = Type.Object(
  {
    name,
    files: Type.Union([Type.String({ minLength: 1 }), Type.Array(Type.String({ minLength: 1 }), { minItems: 1 })], {
      description: 'Files that start the job when they are new or changed: "inbox/*.csv", relative to tapline.yml.',
    }),
    job,
    environment,
    min_age_seconds: Type.Optional(
      Type.Integer({
        minimum: 0,
        description:
          "Seconds since a file was last written or renamed, before it counts as complete. Its size and time must also be the same in two looks. Default: 30.",
      }),
    ),
  },
  closed,
);

export const scheduling = {
  schedules: Type.Optional(
    Type.Array(schedule, { description: "Jobs that run at certain times: tapline serve, or tapline tick from cron." }),
  ),
  sensors: Type.Optional(Type.Array(sensor, { description: "Jobs that run when files arrive: tapline serve, or tapline tick from cron." })),
  max_concurrent_runs: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 64,
      description: "How many runs of schedules and sensors there are at once, over all servers. Default: 4.",
    }),
  ),
};

export type ScheduleEntry = Static<typeof schedule>;
export type SensorEntry = Static<typeof sensor>;
export type MissedPolicy = (typeof missedPolicies)[number];
