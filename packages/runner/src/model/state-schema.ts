/** The part of tapline.yml that chooses where states are kept. */
import { type Static, Type } from "@tapline/protocol";
import { secretText } from "./secret-text.ts";

export const stateSettings = Type.Object(
  {
    backend: Type.Optional(
      Type.Union([Type.Literal("sqlite"), Type.Literal("file"), Type.Literal("postgres"), Type.Literal("s3")], {
        description:
          "sqlite (default): in .tapline/tapline.db. file: one JSON file. postgres: a database that several machines run from. s3: a bucket that several machines run from.",
      }),
    ),
    path: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          "For the backend file: its path, relative to tapline.yml. Default: .tapline/state.json. For the backend s3: s3://bucket/prefix.",
      }),
    ),
    url: Type.Optional(
      secretText(
        "For the backend postgres: postgresql://user:password@host/database, best as a $VARIABLE, { $file: … } or { $command: … }.",
      ),
    ),
    schema: Type.Optional(
      Type.String({
        minLength: 1,
        description: "For the backend postgres: the schema of its tables, created when missing. Default: tapline.",
      }),
    ),
    endpoint: Type.Optional(
      Type.String({ minLength: 1, description: "For the backend s3: the URL of a service other than AWS that speaks S3." }),
    ),
    lease_seconds: Type.Optional(
      Type.Integer({
        minimum: 5,
        description: "After this time without a sign of life, other machines treat a run as crashed. Default: 60.",
      }),
    ),
  },
  {
    additionalProperties: false,
    description: "Where bookmarks are kept. The history of runs stays in .tapline/tapline.db.",
  },
);

export type StateSettings = Static<typeof stateSettings>;
