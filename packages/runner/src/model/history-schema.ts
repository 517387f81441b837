/** The part of tapline.yml that says how long the history is kept. */
import { type Static, Type } from "@tapline/protocol";

export const historySettings = Type.Object(
  {
    keep_days: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 36_500,
        description: "After so many days a run is forgotten: its record, its steps, its events and its log. Default: 90.",
      }),
    ),
  },
  { additionalProperties: false, description: "How long it is kept what ran." },
);

export type HistorySettings = Static<typeof historySettings>;
