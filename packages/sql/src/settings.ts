/** Settings of every target for a SQL database: which tables streams load into, and the ledger. Names as in the Singer SDK's SQL targets. */
import { continuesSchema } from "@tapline/protocol";
import { rangeSettings, type Static, type TargetSettings, type TObject, Type } from "@tapline/sdk";
import { unknownFieldSettings } from "./unknown-fields.ts";
import { valueSettings } from "./value-settings.ts";

const policy = Type.Union([Type.Literal("evolve"), Type.Literal("freeze"), Type.Literal("new_column")]);

export type SchemaPolicy = Static<typeof policy>;

/** The policy of one stream. */
export function schemaPolicy({ schema_policy: chosen = "evolve" }: SqlConfig, stream: string): SchemaPolicy {
  if (typeof chosen === "string") return chosen;
  return (Object.hasOwn(chosen, stream) ? chosen[stream] : chosen["*"]) ?? "evolve";
}

const nameCase = (description: string) =>
  Type.Union([Type.Literal("as_is"), Type.Literal("snake_case")], {
    default: "as_is",
    description: `${description} To change it for a table that is loaded, replace the table: --full-refresh --replace.`,
  });

export function sqlSettings(fallbackSchema: string) {
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
    table_names: Type.Optional(
      nameCase("Stream CustomerOrders loads into a table of that name with as_is, and into customer_orders with snake_case."),
    ),
    column_names: Type.Optional(
      nameCase("Property customerName loads into a column of that name with as_is, and into customer_name with snake_case."),
    ),
    schema_policy: Type.Optional(
      Type.Union([policy, Type.Record(Type.String(), policy)], {
        default: "evolve",
        description:
          'What to do where a table does not fit its stream: `evolve` adds columns and widens types, every value kept; `freeze` fails before anything is written; `new_column` adds columns, and puts values a column can\'t hold into a second column. For single streams: {"orders": "freeze", "*": "evolve"}.',
      }),
    ),
    ...unknownFieldSettings,
    ...valueSettings,
    exactly_once: Type.Optional(
      Type.Union([Type.Literal("prefer"), Type.Literal("require")], {
        default: "prefer",
        description:
          "What to do where the table _tapline_loads, which makes appends exactly once, can't be made or written: `prefer` warns and continues at least once, `require` fails.",
      }),
    ),
    state_id: Type.Optional(
      Type.String({ minLength: 1, description: "The id that the state of each commit is stored under; tapline sets it." }),
    ),
    run_id: Type.Optional(Type.String({ minLength: 1, description: "The only run that may commit under that state id; tapline sets it." })),
    continues: Type.Optional(continuesSchema),
    ...rangeSettings,
  };
}

type SqlProperties = ReturnType<typeof sqlSettings>;

/** An object schema that includes the settings of `sqlSettings`. */
export type SqlSettingsSchema = TObject<SqlProperties>;

export type SqlConfig = Static<SqlSettingsSchema> & Pick<TargetSettings, "replace_streams">;
