/** A route of the API: its address, who may use it, what it takes and what it answers. Handlers know nothing of HTTP. */
import type { Static, TSchema } from "@tapline/protocol";
import type { History, JobRequest, Project, Role, Store } from "@tapline/runner";
import type { Clock } from "../clock.ts";
import type { Plan } from "../plan.ts";
import type { Who } from "./access.ts";
import type { PluginAnswers } from "./plugin-answers.ts";

/** What the API works on. */
export interface Served {
  /** As it is now: tapline.yml may change. */
  readonly project: Project;
  readonly plans: readonly Plan[];
  storeOf(environment: string): Promise<Store>;
  history: History;
  binFolders: readonly string[];
  clock: Clock;
  startedAt: Date;
  /** That of the package. */
  version: string;
  /** Starts a run and resolves once it is in the history. @throws run_not_started */
  startRun(request: JobRequest): Promise<string>;
  plugins: PluginAnswers;
}

export interface Asked<Q, B> {
  /** The `:id` of the path. */
  id: string;
  query: Q;
  body: B;
  who: Who;
}

export interface Route {
  method: "GET" | "POST" | "PUT";
  path: string;
  role: Role;
  summary: string;
  query: TSchema | undefined;
  body: TSchema | undefined;
  answer: TSchema;
  handle(served: Served, asked: Asked<never, never>): unknown;
}

interface TypedRoute<Q extends TSchema, B extends TSchema, A extends TSchema> {
  method: Route["method"];
  path: string;
  role: Role;
  summary: string;
  /** Its properties are texts. */
  query?: Q;
  body?: B;
  answer: A;
  handle(served: Served, asked: Asked<Static<Q>, Static<B>>): Static<A> | Promise<Static<A>>;
}

/** Types the handler by the schemas. */
export function route<Q extends TSchema, B extends TSchema, A extends TSchema>(typed: TypedRoute<Q, B, A>): Route {
  return { query: undefined, body: undefined, ...typed } as unknown as Route;
}
