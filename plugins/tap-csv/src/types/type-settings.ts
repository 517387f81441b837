/** What settings say about a stream's types: columns by name, words for null, the zone of times that have none. */
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
    Type.Integer({ minimum: 0, maximum: 38, description: "Digits after the point of a decimal; default: as many as `format` shows." }),
  ),
  format: Type.Optional(
    Type.String({
      description:
        "How the file writes it: a number as 1,234.56 is written (`1.234,56 €`), a date or time by strptime's directives (`%d.%m.%Y`), a boolean by its two words (`yes/no`).",
    }),
  ),
});

/** Settings of one stream, for `config.ts`. */
export const typeSettings = {
  columns: Type.Record(Type.String(), columnSetting, {
    default: {},
    description:
      'Types of columns by name, which are not guessed then: `{"Price": {"type": "decimal", "scale": 2, "format": "1.234,56"}}`.',
  }),
  null_values: Type.Array(Type.String(), {
    default: [],
    description: "Cells that mean null, such as `NULL` or `N/A`. The empty cell always does, except between quotes in a column of text.",
  }),
  time_zone: Type.Optional(
    Type.String({
      description:
        "The zone of times that are written without one (`Europe/Berlin`, `+02:00`): they become instants. Default: they stay text as the file has it.",
    }),
  ),
  on_type_break: Type.Optional(
    Type.Union([Type.Literal("fail"), Type.Literal("reject"), Type.Literal("widen")], {
      description:
        "What happens at a value that is not of its column's type: the run fails, the row is rejected, or the column gets a wider type from there on (a warning, and a new SCHEMA). Default: widen where types are guessed in this run, else fail. Types in `columns` are never widened.",
    }),
  ),
};

type TypeSettings = { [name in keyof typeof typeSettings]: Static<(typeof typeSettings)[name]> };
/** As a config gives them: what is optional may be missing. */
export type GivenTypeSettings = Pick<TypeSettings, "columns" | "null_values"> & Partial<Pick<TypeSettings, "time_zone" | "on_type_break">>;

/** The settings understood. */
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
  if (text !== undefined && format === undefined) throw unusable(`can't be written ${JSON.stringify(text)}`);
  const shown = kind === "decimal" && text !== undefined ? scaleShown(text) : undefined;
  const scale = setting.scale ?? shown ?? 0;
  if (kind === "decimal" && setting.scale === undefined && shown === undefined) throw unusable("needs a scale");
  if (kind !== "decimal" && setting.scale !== undefined) throw unusable("has no scale");
  return { kind, scale, ...(format === undefined ? {} : { format }) };
}

/** Digits after the point in an example. */
function scaleShown(example: string): number | undefined {
  const point = readNumberStyle(example)?.point;
  const digits = point === undefined ? "" : (/234\D(\d+)/.exec(example)?.[1] ?? "");
  return digits.length > 0 ? digits.length : undefined;
}
