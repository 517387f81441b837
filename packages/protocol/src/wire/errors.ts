/** What can be wrong in the lines of a Singer stream. */
import { defineErrors, type ErrorEntry } from "../errors.ts";

export const protocolErrorCatalogue = {
  invalid_utf8: {
    class: "protocol",
    message: () => "The input is not valid UTF-8",
    hint: "Singer lines are UTF-8. Have the tap decode its source with the right encoding before it writes messages.",
  },
  lone_surrogate: {
    class: "protocol",
    message: (p: { escape: string }) =>
      `A string holds half of a surrogate pair (${p.escape}), which is not a character and can't be stored`,
    hint: "The tap cut a string in the middle of a character or passed on broken text; repair or drop that value in the tap. In a record, on_error: reject stores such rows separately.",
  },
  invalid_json: {
    class: "protocol",
    message: (p: { reason: string; start: string }) => `The line is not JSON: ${p.reason}. It starts with ${JSON.stringify(p.start)}`,
    hint: "Only Singer messages may be on this stream; a tap's log lines and prints belong on stderr.",
  },
  cut_line: {
    class: "protocol",
    message: (p: { bytes: number }) => `The input ended in the middle of a line (${p.bytes} bytes without an end)`,
    hint: "The tap was killed or crashed while it was writing; look at its log. Run again: the tap continues from the last STATE.",
  },
  line_too_long: {
    class: "protocol",
    message: (p: { bytes: number; limit: number }) => `A message is longer than ${p.limit} bytes (${p.bytes} so far)`,
    hint: "Raise max_line_bytes in the target's config if such records are real, or leave the large column out with the catalog.",
  },
  too_deep: {
    class: "protocol",
    message: (p: { limit: number }) => `A value is nested more than ${p.limit} levels deep`,
    hint: "Leave that column out with the catalog, or have the tap send it as text. In a record, on_error: reject stores such rows separately.",
  },
  not_a_message: {
    class: "protocol",
    message: (p: { reason: string }) => `The line is JSON but not a Singer message: ${p.reason}`,
    hint: "Every line is an object whose type is SCHEMA, RECORD, STATE, ACTIVATE_VERSION, REPLACE_SOURCE or BATCH, with the fields of that type.",
  },
  record_before_schema: {
    class: "protocol",
    message: (p: { stream: string }) => `A RECORD of stream ${JSON.stringify(p.stream)} came before its SCHEMA`,
    hint: "A tap sends a stream's SCHEMA before its first RECORD; report it to the tap's author.",
  },
  schema_too_large: {
    class: "protocol",
    message: (p: { limit: number }) => `A SCHEMA has more than ${p.limit} parts once its references are resolved`,
    hint: "Its $refs refer to one another many times. Leave those columns out with the catalog, or have the tap send a schema without such references.",
  },
} as const satisfies Record<string, ErrorEntry>;

export const protocolErrors = defineErrors(protocolErrorCatalogue);
