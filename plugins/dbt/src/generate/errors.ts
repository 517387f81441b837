/** The errors of `generate`. */
import { defineErrors, type ErrorEntry } from "@tapline/protocol";

export const generateErrorCatalogue = {
  valid_from_unknown: {
    class: "config",
    message: (p: { column: string; stream: string; known: string }) =>
      `valid_from of stream ${JSON.stringify(p.stream)} names the column ${JSON.stringify(p.column)}, which its table does not have. Its columns are ${p.known}`,
    hint: "Name the column with the time from which a row is valid, or remove valid_from to use the time of extraction.",
  },
  valid_from_no_time: {
    class: "config",
    message: (p: { column: string; stream: string; type: string }) =>
      `valid_from of stream ${JSON.stringify(p.stream)} names the column ${JSON.stringify(p.column)}, whose type ${p.type} is not a time`,
    hint: "Name a date or timestamp column. If the tap sends times as text, give the column the format date-time in its schema.",
  },
} as const satisfies Record<string, ErrorEntry>;

export const errors = defineErrors(generateErrorCatalogue);
