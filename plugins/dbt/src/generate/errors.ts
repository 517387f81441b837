/** What can be wrong with what `generate` is asked for. */
import { defineErrors, type ErrorEntry } from "@tapline/protocol";

export const generateErrorCatalogue = {
  valid_from_unknown: {
    class: "config",
    message: (p: { column: string; stream: string; known: string }) =>
      `valid_from of stream ${JSON.stringify(p.stream)} is the column ${JSON.stringify(p.column)}, which its table does not have; it has ${p.known}`,
    hint: "Name a column of the stream that holds the time a version is valid from, or leave valid_from out: then it is the time of extraction.",
  },
  valid_from_no_time: {
    class: "config",
    message: (p: { column: string; stream: string; type: string }) =>
      `valid_from of stream ${JSON.stringify(p.stream)} is the column ${JSON.stringify(p.column)} of type ${p.type}, which is no time`,
    hint: "Name a date or timestamp column. Where the tap sends times as text, give them the format date-time in its schema.",
  },
} as const satisfies Record<string, ErrorEntry>;

export const errors = defineErrors(generateErrorCatalogue);
