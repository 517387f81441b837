/** The setting `replace_range`, for targets that can delete the rows of a range. tapline sets it for `tapline backfill --replace-range`. */
import { type Static, Type } from "@tapline/protocol";

const rowRange = Type.Object({
  column: Type.String({ minLength: 1, description: "A property that is a time or a date." }),
  from: Type.String({ minLength: 1, description: "A day or an instant: rows at or after it." }),
  to: Type.String({ minLength: 1, description: "A day or an instant: rows before it." }),
});

/** The rows of a stream whose `column` is at or after `from` and before `to`. */
export type RowRange = Static<typeof rowRange>;

/**
 * For the config of targets that list the capability `replace-range`.
 * @example config: Type.Object({ path: Type.String(), ...rangeSettings })
 */
export const rangeSettings = {
  replace_range: Type.Optional(
    Type.Record(Type.String(), rowRange, {
      description:
        "Rows to delete before those of this run, by stream. The whole run commits once, at its end; tapline sets it for `tapline backfill --replace-range`.",
    }),
  ),
};
