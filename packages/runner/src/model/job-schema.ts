/** Jobs in tapline.yml: lists of steps, and how they are run. */
import { type Static, Type } from "@tapline/protocol";
import { checks } from "./check-schema.ts";
import { latenessSettings } from "./lateness-schema.ts";
import { limitSettings } from "./limits-schema.ts";

const words = Type.Union([
  Type.String({ pattern: "\\S", description: 'Words separated by spaces: "tap target", "tap mapper target" or "plugin arguments…".' }),
  Type.Array(Type.String(), { minItems: 1, description: "The same as a list, for arguments that contain spaces." }),
]);

const retry = Type.Object(
  {
    attempts: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, description: "Number of tries, the first included. Default: 3." })),
    delay_ms: Type.Optional(
      Type.Integer({ minimum: 0, description: "Wait before the second try. Each further wait is four times as long. Default: 1000." }),
    ),
    max_delay_ms: Type.Optional(Type.Integer({ minimum: 0, description: "The longest wait. Default: 60000." })),
  },
  { additionalProperties: false, description: "How often a step is tried when its failure may pass, such as a lost connection." },
);

const batch = Type.Optional(
  Type.Enum(["auto", "off"], {
    description:
      "auto: a tap hands over many rows as files, where it and the target list batch:csv or batch:pgcopy. off: it sends records. Default: auto.",
  }),
);

const stepSettings = {
  name: Type.Optional(Type.String({ minLength: 1, description: "The name shown, and used in `after`. Default: the words it runs." })),
  after: Type.Optional(
    Type.Array(Type.String(), { description: "Names of the steps it waits for; [] waits for none. Default: the step above it." }),
  ),
  parallel: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 64, description: "Number of pipes that the tap's streams are split over. Default: 1." }),
  ),
  state_id_suffix: Type.Optional(Type.String({ minLength: 1, description: "Keeps the bookmark under a separate state id." })),
  batch,
  checks: Type.Optional(checks),
  retry: Type.Optional(retry),
};

const jobSettings = {
  batch,
  checks: Type.Optional(checks),
  max_parallel: Type.Optional(Type.Integer({ minimum: 1, maximum: 64, description: "How many steps run at a time. Default: 4." })),
  retry: Type.Optional(retry),
  limits: Type.Optional(limitSettings),
  max_concurrent_runs: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 64, description: "How many runs of this job schedules and sensors start at once. Default: 1." }),
  ),
  priority: Type.Optional(
    Type.Integer({ description: "Where more runs are due than may run, jobs with a higher number start first. Default: 0." }),
  ),
  ...latenessSettings,
};

const step = Type.Union([
  Type.String({ pattern: "\\S" }),
  Type.Object({ run: words, ...stepSettings }, { additionalProperties: false, description: "A step with settings." }),
]);

const steps = Type.Array(step, { minItems: 1, description: 'Steps such as "tap target", "tap mapper target" or "dbt build".' });

export type RetryEntry = Static<typeof retry>;
export type StepEntry = Static<typeof step>;
export type JobEntry = Static<typeof jobs>[string];

export const jobs = Type.Record(
  Type.String(),
  Type.Union([steps, Type.Object({ steps, ...jobSettings }, { additionalProperties: false, description: "A job with settings." })]),
  { description: 'Named lists of steps: "tap target", "tap mapper target", or a plugin and its arguments ("dbt build").' },
);
