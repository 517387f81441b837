/** What can be wrong with stream maps: in their settings, at a SCHEMA, or for a record. */
import { defineErrors, type ErrorEntry } from "@tapline/protocol";

interface Failed {
  what: string;
  expression: string;
  problem: string;
  character: number | undefined;
}

const place = ({ expression, character }: Pick<Failed, "expression" | "character">): string =>
  `${character === undefined ? "" : `at character ${character} of `}${JSON.stringify(expression.length > 200 ? `${expression.slice(0, 200)}…` : expression)}`;

export const mapErrorCatalogue = {
  map_invalid: {
    class: "config",
    message: (p: { what: string; problem: string }) => `The map of ${p.what} can't be used: ${p.problem}`,
    hint: "Correct it in `stream_maps`; docs/how-to/stream-maps.md has all forms.",
  },
  map_expression_invalid: {
    class: "config",
    message: (p: Failed) => `The expression of ${p.what} can't be used: ${p.problem} (${place(p)})`,
    hint: "Correct it in `stream_maps`; docs/reference/stream-maps.md lists what the language has.",
  },
  map_key_missing: {
    class: "config",
    message: (p: { stream: string; key: string; isDropped: boolean }) =>
      `The key property ${JSON.stringify(p.key)} of ${JSON.stringify(p.stream)} ${p.isDropped ? "is dropped by its map" : "is not in the stream"}`,
    hint: "Set `__key_properties__` of the map to properties that the mapped stream has, or to null for a stream without keys.",
  },
  map_streams_meet: {
    class: "config",
    message: (p: { name: string; first: string; second: string }) =>
      `The streams ${JSON.stringify(p.first)} and ${JSON.stringify(p.second)} would both become ${JSON.stringify(p.name)}`,
    hint: "Give each its own name with `__alias__`, such as \"__stream_name__ + '_v2'\", or drop one with null.",
  },
  map_failed: {
    class: "data",
    recovery: "skip",
    message: (p: Failed) => `The expression of ${p.what} failed: ${p.problem} (${place(p)})`,
    hint: "Mend the record at its source, or say what such a record becomes: `value if condition else None`. What the target committed before stays loaded.",
  },
  map_type: {
    class: "data",
    recovery: "skip",
    message: (p: { what: string; expression: string; type: string; value: string }) =>
      `The expression of ${p.what} gives ${p.value}, and its type is ${p.type} (${place({ ...p, character: undefined })})`,
    hint: 'Convert the result, as in str(…), int(…) or float(…), or declare its type: {"expression": "…", "type": "number"}.',
  },
  map_unchanged: {
    class: "data",
    message: (p: { what: string; names: readonly string[]; expression: string }) =>
      `The expression of ${p.what} needs ${p.names.map((name) => JSON.stringify(name)).join(", ")}, which a partial record leaves out as unchanged, beside properties that changed (${place({ ...p, character: undefined })})`,
    hint: "Let the source send whole rows (REPLICA IDENTITY FULL for tap-postgres), or compute the property after the load.",
  },
  map_replaces_source: {
    class: "config",
    message: (p: { stream: string; column: string }) =>
      `The tap replaces the rows of one source by the column ${JSON.stringify(p.column)}, which the map of ${JSON.stringify(p.stream)} drops or changes`,
    hint: "Keep the column, or rename it with a plain name.",
  },
} as const satisfies Record<string, ErrorEntry>;

export const errors = defineErrors(mapErrorCatalogue);
