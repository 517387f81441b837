/** What the runner tells a tap about the target it feeds, as JSON in an environment variable. Without a runner the tap does not know. */
import { type Static, Type } from "../type.ts";
import { isObject } from "../wire/json.ts";

/** In a tap's environment: the JSON text. */
export const targetVariable = "TAPLINE_TARGET";

export const targetFactsSchema = Type.Object({
  capabilities: Type.Array(Type.String(), { description: "From the target's --about" }),
  load_method: Type.Union([Type.String(), Type.Null()], { description: "The target's setting; null: its default" }),
});

export type TargetFacts = Static<typeof targetFactsSchema>;

/** undefined: no runner started this process, or the text is not in this form. */
export function readTargetFacts(env: NodeJS.ProcessEnv): TargetFacts | undefined {
  const text = env[targetVariable];
  if (text === undefined) return undefined;
  let facts: unknown;
  try {
    facts = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(facts) || !Array.isArray(facts.capabilities)) return undefined;
  return { capabilities: facts.capabilities.map(String), load_method: typeof facts.load_method === "string" ? facts.load_method : null };
}
