/** Jobs in tapline.yml: lists of steps, and how they are run. */
import { type Static, Type } from "@tapline/protocol";

const words = Type.Union([
  Type.String({ pattern: "\\S", description: 'Words with spaces between: "tap target", "tap mapper target" or "plugin arguments…".' }),
  Type.Array(Type.String(), { minItems: 1, description: "The same as a list, for arguments with spaces in them." }),
]);

const retry = Type.Object(
  {
    attempts: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, description: "All tries together. Default: 3." })),
    delay_ms: Type.Optional(
      Type.Integer({ minimum: 0, description: "Before the second try; each further one waits four times as long. Default: 1000." }),
    ),
    max_delay_ms: Type.Optional(Type.Integer({ minimum: 0, description: "The longest wait. Default: 60000." })),
  },
  { additionalProperties: false, description: "How often a step is tried whose failure can pass, such as a lost connection." },
);

const stepSettings = {
  name: Type.Optional(Type.String({ minLength: 1, description: "For `after`, and shown. Default: what it runs." })),
  after: Type.Optional(
    Type.Array(Type.String(), { description: "The names of steps it waits for; [] waits for none. Default: the one above it." }),
  ),
  parallel: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 64, description: "Over how many pipes the tap's streams are split. Default: 1." }),
  ),
  state_id_suffix: Type.Optional(Type.String({ minLength: 1, description: "Keeps the bookmark under an id of its own." })),
  retry: Type.Optional(retry),
};

const jobSettings = {
  max_parallel: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 64, description: "How many pipes and utilities run at a time. Default: 4." }),
  ),
  retry: Type.Optional(retry),
};

const step = Type.Union([
  Type.String({ pattern: "\\S" }),
  Type.Object({ run: words, ...stepSettings }, { additionalProperties: false, description: "A step with settings of its own." }),
]);

const steps = Type.Array(step, { minItems: 1, description: 'Steps such as "tap target", "tap mapper target" or "dbt build".' });

export type RetryEntry = Static<typeof retry>;
export type StepEntry = Static<typeof step>;
export type JobEntry = Static<typeof jobs>[string];

export const jobs = Type.Record(
  Type.String(),
  Type.Union([
    steps,
    Type.Object({ steps, ...jobSettings }, { additionalProperties: false, description: "A job with settings of its own." }),
  ]),
  { description: 'Named lists of steps: "tap target", "tap mapper target", or a plugin and its arguments ("dbt build").' },
);
