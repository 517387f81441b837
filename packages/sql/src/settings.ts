/** Settings every target for a SQL database has: which tables streams load into. Names as in the Singer SDK's SQL targets. */
import { type Static, type TObject, Type } from "@tapline/sdk";

export function namingSettings(fallbackSchema: string) {
  return {
    default_target_schema: Type.Optional(
      Type.String({
        minLength: 1,
        description: `Schema for the tables (${fallbackSchema} when not set). When set, it also wins over a schema in a stream's name.`,
      }),
    ),
    stream_names: Type.Optional(
      Type.Union([Type.Literal("singer_sdk"), Type.Literal("exact")], {
        default: "singer_sdk",
        description:
          "singer_sdk: stream a-b loads into schema a, table b, as the Singer SDK does. exact: the stream's name is the table's name.",
      }),
    ),
  };
}

type NamingProperties = ReturnType<typeof namingSettings>;

/** An object schema with the settings of `namingSettings` among its own. */
export type NamingSettingsSchema = TObject<NamingProperties>;

export type NamingConfig = Static<NamingSettingsSchema>;
