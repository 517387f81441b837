/** Which refused values widen a column. Pure. */
import type { JsonSchema } from "@tapline/protocol";
import type { TargetColumn } from "../target-column.ts";
import { digitsOf } from "../values/digits.ts";
import type { ColumnType } from "./column-type.ts";
import { allowsDigits } from "./declared-decimal.ts";

/** A value that only the column refuses may widen it; a value that the schema forbids may not. `wanted`: the type that the schema alone gives. */
export function mayWiden(schema: JsonSchema, wanted: ColumnType): NonNullable<TargetColumn["mayWiden"]> {
  return (code, value) => {
    switch (code) {
      case "integer_out_of_range":
      case "decimal_out_of_range":
      case "decimal_too_fine":
      case "double_not_exact": {
        const digits = digitsOf(value);
        return digits !== null && allowsDigits(schema, digits);
      }
      case "not_finite":
        return wanted.kind === "double" || wanted.kind === "numeric";
      case "text_too_long":
      case "not_a_label":
        return true;
      case "invalid_interval":
      case "invalid_uuid":
        return wanted.kind === "varchar";
      default:
        return false;
    }
  };
}
