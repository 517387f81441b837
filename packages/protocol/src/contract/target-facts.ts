/** What the runner tells a tap about the target it feeds and the state it continues, in environment variables. Without a runner the tap does not know. */
import { type Static, Type } from "../type.ts";
import { isObject } from "../wire/json.ts";

/** In a tap's environment: the JSON text. */
export const targetVariable = "TAPLINE_TARGET";

/** In a tap's environment: the id of its state, unique to the project, for what the tap keeps at the source, such as a replication slot. */
export const stateIdVariable = "TAPLINE_STATE_ID";

/** In a tap's environment, "1": the tap stays and follows its source. Only for taps that list the capability `follow`. */
export const followVariable = "TAPLINE_FOLLOW";

export function readFollow(env: NodeJS.ProcessEnv): boolean {
  return env[followVariable] === "1";
}

/** undefined: no runner started this process. */
export function readStateId(env: NodeJS.ProcessEnv): string | undefined {
  return env[stateIdVariable] || undefined;
}

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
