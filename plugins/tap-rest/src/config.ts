/** The settings of this tap: which API, and the values that its description asks for. */
import { type Static, Type } from "@tapline/sdk";

export const config = Type.Object({
  definition: Type.String({
    minLength: 1,
    description:
      "The description of the API: the path of a .yaml or .json file, or the name of one that comes with the tap (`tap-rest definitions` lists them).",
  }),
  values: Type.Optional(
    Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()]), {
      secret: true,
      description: "What the description calls {{ config.NAME }}, such as tokens and the day to start from.",
    }),
  ),
  streams: Type.Optional(Type.Array(Type.String(), { description: "Which streams of the description there are. Default: all." })),
  secrets_file: Type.Optional(
    Type.String({
      description:
        "A file, for its owner only, that keeps refresh tokens which are good for one use. Default: `tapline run` keeps them in its store; elsewhere such a token can't be used.",
    }),
  ),
});

export type Config = Static<typeof config>;
