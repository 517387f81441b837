/** The form of tapline.yml. Every file is checked against it, and the JSON Schema for editors is generated from it. */
import { type Static, Type } from "@tapline/protocol";
import { ciSettings } from "./ci-schema.ts";
import { historySettings } from "./history-schema.ts";
import { jobs } from "./job-schema.ts";
import { notify } from "./notify-schema.ts";
import { parallelRuns } from "./parallel-run-schema.ts";
import { plugins } from "./plugin-schema.ts";
import { scheduling } from "./schedule-schema.ts";
import { serverSettings } from "./server-schema.ts";
import { stateSettings } from "./state-schema.ts";
import { verifySettings } from "./verify-schema.ts";

const env = Type.Record(Type.String({ pattern: "^[A-Za-z_][A-Za-z0-9_]*$" }), Type.String(), {
  description: "Variables for every plugin and for $NAME in settings. Variables of the process and of .env override them.",
});

const properties = {
  default_environment: Type.Optional(Type.String({ minLength: 1, description: "The environment when none is named. Default: dev." })),
  env: Type.Optional(env),
  plugins: Type.Optional(plugins),
  environments: Type.Optional(
    Type.Record(
      Type.String(),
      Type.Union([
        Type.Object(
          {
            env: Type.Optional(env),
            plugins: Type.Optional(plugins),
            state: Type.Optional(stateSettings),
            state_id_suffix: Type.Optional(
              Type.String({
                minLength: 1,
                description:
                  "Ends the state ids of this environment. $NAME stands for a variable. A step or run with a suffix of its own keeps that.",
              }),
            ),
          },
          { additionalProperties: false },
        ),
        Type.Null(),
      ]),
      { description: "Changes for one environment, merged deeply into the plugins above." },
    ),
  ),
  jobs: Type.Optional(jobs),
  verify: Type.Optional(verifySettings),
};

const include = Type.Array(Type.String({ minLength: 1 }), {
  description: "Other files with plugins, environments and jobs, relative to this one; * in the last part of a path.",
});

/** The form of an included file. */
export const includedSchema = Type.Object(properties, { additionalProperties: false });

export const projectSchema = Type.Object(
  {
    include: Type.Optional(include),
    state: Type.Optional(stateSettings),
    history: Type.Optional(historySettings),
    notify: Type.Optional(notify),
    parallel_run: Type.Optional(parallelRuns),
    server: Type.Optional(serverSettings),
    ci: Type.Optional(ciSettings),
    ...properties,
    ...scheduling,
  },
  { title: "tapline.yml", description: "A tapline project: plugins, environments, jobs, and when they run.", additionalProperties: false },
);

export type ProjectFile = Static<typeof projectSchema>;
