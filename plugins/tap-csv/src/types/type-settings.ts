/** The settings for types: columns by name, null values, and the time zone of times without one. */
import { type Position, type Static, Type } from "@tapline/sdk";
import { errors } from "../errors.ts";
import type { ColumnType } from "./column-type.ts";
import { type Nulls, nullsOf } from "./null-values.ts";
import { readNumberStyle } from "./number-format.ts";
import { type ZoneOffset, zoneOffset } from "./time-zone.ts";
import { valueFormat } from "./value-format.ts";

const columnSetting = Type.Object({
  type: Type.Union(
    [
      Type.Literal("string"),
      Type.Literal("integer"),
      Type.Literal("decimal"),
      Type.Literal("number"),
      Type.Literal("boolean"),
      Type.Literal("date"),
      Type.Literal("time"),
      Type.Literal("date-time"),
    ],
    { description: "The column's type." },
  ),
  scale: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 38, description: "The digits after the point of a decimal. Default: as many as `format` shows." }),
  ),
  format: Type.Optional(
    Type.String({
      description:
        "How the file writes values: for a number, how it would write 1,234.56 (`1.234,56 €`); for a date or time, strptime directives (`%d.%m.%Y`); for a boolean, the two words (`yes/no`).",
    }),
  ),
});

/** The settings of one stream that `config.ts` adds to its own. */
export const typeSettings = {
  columns: Type.Record(Type.String(), columnSetting, {
    default: {},
    description:
      'The types of columns by name, instead of detected ones: `{"Price": {"type": "decimal", "scale": 2, "format": "1.234,56"}}`.',
  }),
  null_values: Type.Array(Type.String(), {
    default: [],
    description: "Cells that mean null, such as `NULL` or `N/A`. An empty cell always means null, except in quotes in a text column.",
  }),
  time_zone: Type.Optional(
    Type.String({
      description:
        "The time zone of times that have none (`Europe/Berlin`, `+02:00`); they become date-times. Default: such times are kept as text.",
    }),
  ),
  on_type_break: Type.Optional(
    Type.Union([Type.Literal("fail"), Type.Literal("reject"), Type.Literal("widen")], {
      description:
        "What to do with a value that does not fit the type of its column: `fail` stops the run, `reject` leaves the row out, `widen` logs a warning and gives the column a wider type from this row on (with a new SCHEMA). Default: `widen` when this run detects the types, `fail` with a catalog. Types set in `columns` are never widened.",
    }),
  ),
};

type TypeSettings = { [name in keyof typeof typeSettings]: Static<(typeof typeSettings)[name]> };
/** The settings as they are in a config: optional ones may be missing. */
export type GivenTypeSettings = Pick<TypeSettings, "columns" | "null_values"> & Partial<Pick<TypeSettings, "time_zone" | "on_type_break">>;

/** The settings, parsed. */
export interface Typing {
  nulls: Nulls;
  zone: ZoneOffset | undefined;
  columns: ReadonlyMap<string, ColumnType>;
  onBreak: GivenTypeSettings["on_type_break"];
}

/** @throws time_zone_unknown, column_type_unusable */
export function typingOf(settings: GivenTypeSettings, position: Position): Typing {
  const { columns, null_values, time_zone, on_type_break: onBreak } = settings;
  const zone = time_zone === undefined ? undefined : zoneOffset(time_zone);
  if (time_zone !== undefined && zone === undefined) throw errors.time_zone_unknown({ zone: time_zone }, position);
  const types = Object.entries(columns).map(([name, setting]) => [name, typeOf(name, setting, zone, position)] as const);
  return { nulls: nullsOf(null_values), zone, columns: new Map(types), onBreak };
}

function typeOf(name: string, setting: Static<typeof columnSetting>, zone: ZoneOffset | undefined, position: Position): ColumnType {
  const { type: kind, format: text } = setting;
  const unusable = (problem: string): Error => errors.column_type_unusable({ type: kind, problem }, { ...position, column: name });
  const format = text === undefined ? undefined : valueFormat(kind, text, zone);
  if (text !== undefined && format === undefined) throw unusable(`can't have the format ${JSON.stringify(text)}`);
  const shown = kind === "decimal" && text !== undefined ? scaleShown(text) : undefined;
  const scale = setting.scale ?? shown ?? 0;
  if (kind === "decimal" && setting.scale === undefined && shown === undefined) throw unusable("needs a scale");
  if (kind !== "decimal" && setting.scale !== undefined) throw unusable("can't have a scale");
  return { kind, scale, ...(format === undefined ? {} : { format }) };
}

/** The digits after the point in an example. */
function scaleShown(example: string): number | undefined {
  const point = readNumberStyle(example)?.point;
  const digits = point === undefined ? "" : (/234\D(\d+)/.exec(example)?.[1] ?? "");
  return digits.length > 0 ? digits.length : undefined;
}
