/**
 * A place of its own for a trial: a target's answer to `--scratch FILE` (capability `scratch`). The file holds the question, the answer is one
 * JSON line. The target makes an empty database beside its own, and tells which of its settings lead there; or drops one that it made.
 */
import { type Static, Type } from "../type.ts";
import { isObject, readObject } from "../wire/json.ts";

/** What every scratch database is called first, so that no other one can be dropped. */
export const scratchPrefix = "tapline_ci_";

const scratchName = new RegExp(`^${scratchPrefix}[a-z0-9_]{1,40}$`);

export const scratchQuestionSchema = Type.Object(
  {
    action: Type.Enum(["create", "drop"], {
      description:
        "create: an empty one; those of the same kind that are older than a day go. drop: also where sessions are open, or it is gone",
    }),
    name: Type.String({ pattern: scratchName.source }),
  },
  { description: "What the file of --scratch FILE holds" },
);

export const scratchAnswerSchema = Type.Object(
  {
    place: Type.String({ description: "Where it is, for people" }),
    config: Type.Record(Type.String(), Type.Unknown(), { description: "Settings of the target that lead there; they win over its own" }),
    dropped: Type.Array(Type.String(), { description: "The databases that went" }),
  },
  { description: "What a target prints for --scratch FILE" },
);

export type ScratchQuestion = Static<typeof scratchQuestionSchema>;
export type ScratchAnswer = Static<typeof scratchAnswerSchema>;

/** undefined where the value is no question. */
export function readScratchQuestion(value: unknown): ScratchQuestion | undefined {
  if (!isObject(value)) return undefined;
  const { action, name } = value;
  const isRight = (action === "create" || action === "drop") && typeof name === "string" && scratchName.test(name);
  return isRight ? (value as ScratchQuestion) : undefined;
}

/** undefined where the text is no answer. */
export function readScratchAnswer(text: string): ScratchAnswer | undefined {
  const value = readObject(text.trim());
  if (value === undefined || typeof value.place !== "string" || !isObject(value.config) || !Array.isArray(value.dropped)) return undefined;
  return value as ScratchAnswer;
}
