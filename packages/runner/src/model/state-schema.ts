/** What tapline.yml says about where states are kept. */
import { type Static, Type } from "@tapline/protocol";

export const stateSettings = Type.Object(
  {
    backend: Type.Optional(
      Type.Union([Type.Literal("sqlite"), Type.Literal("file"), Type.Literal("postgres")], {
        description: "sqlite (default): in .tapline/tapline.db. file: one JSON file. postgres: a database that several machines run from.",
      }),
    ),
    path: Type.Optional(
      Type.String({ minLength: 1, description: "Of the backend file, relative to tapline.yml. Default: .tapline/state.json." }),
    ),
    url: Type.Optional(
      Type.Union(
        [
          Type.String({ minLength: 1 }),
          Type.Object({ $file: Type.String({ minLength: 1 }) }, { additionalProperties: false }),
          Type.Object({ $command: Type.Array(Type.String(), { minItems: 1 }) }, { additionalProperties: false }),
        ],
        {
          description:
            "Of the backend postgres: postgresql://user:password@host/database, best as a $VARIABLE, { $file: … } or { $command: … }.",
        },
      ),
    ),
    schema: Type.Optional(Type.String({ minLength: 1, description: "Of the backend postgres, made when missing. Default: tapline." })),
    lease_seconds: Type.Optional(
      Type.Integer({
        minimum: 5,
        description: "A run that was not heard of for so long is taken for dead by other machines. Default: 60.",
      }),
    ),
  },
  {
    additionalProperties: false,
    description: "Where bookmarks are kept. The history of runs stays in .tapline/tapline.db.",
  },
);

export type StateSettings = Static<typeof stateSettings>;
