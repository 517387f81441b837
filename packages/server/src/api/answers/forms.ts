/** What the schemas of all answers are made of, and the answer to what went wrong. */
import { type Static, type TSchema, Type } from "@tapline/protocol";

/** More fields may come with later versions. */
export const object = <T extends Record<string, TSchema>>(fields: T, description?: string) => Type.Object(fields, { description });
export const orNull = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
export const text = Type.String();
export const textOrNull = orNull(text);
export const count = orNull(Type.Number());
export const anything = Type.Unknown();

const statuses = ["running", "done", "warning", "failed", "stopped", "timed_out", "crashed"] as const;
export const status = Type.Enum([...statuses]);

export const failure = object({
  plugin: text,
  code: textOrNull,
  message: text,
  hint: textOrNull,
  /** Where it is: stream, file, line, … */
  position: Type.Optional(orNull(Type.Record(text, anything))),
});

export const errorAnswer = object({ error: object({ code: text, message: text, hint: textOrNull }) }, "What went wrong, and what to do.");

/** Of what must be asked of a plugin, which takes longer than an answer may. */
export const asked = {
  asked_at: orNull(Type.String({ description: "When the plugins were asked; null: not yet, ask again in a second." })),
  problems: Type.Array(text, { description: "Plugins that could not be asked, and why." }),
};

export type Failure = Static<typeof failure>;
export type ErrorAnswer = Static<typeof errorAnswer>;
