/** States: the bookmarks of each pipe, how they changed, and changes by a person. */
import { Type } from "@tapline/protocol";
import { changeState, describeState, environmentOfState, environmentsOf, parseStateText, rollBackState } from "@tapline/runner";
import { errors } from "../errors.ts";
import { doneAnswer, type States, stateAnswer, statesAnswer } from "./answers.ts";
import { route, type Served } from "./route.ts";

const shownChanges = 100;
const byId = Type.Object({ id: Type.String({ minLength: 1, description: "ENVIRONMENT:TAP-to-TARGET" }) });
const orNull = Type.Union([Type.String(), Type.Null()], { description: "The state that was shown, as JSON text; null: none." });

export const listStates = route({
  method: "GET",
  path: "/api/states",
  role: "read",
  summary: "The state of each pipe, in all environments.",
  answer: statesAnswer,
  async handle({ project, storeOf }) {
    const found = new Map<string, States["states"][number]>();
    for (const environment of environmentsOf(project))
      for (const { stateId, value, updatedAt, runId } of await (await storeOf(environment)).states())
        found.set(stateId, {
          ...{ state_id: stateId, environment: environmentOfState(project, stateId) },
          ...{ text: describeState(value), updated_at: updatedAt, run_id: runId },
        });
    return { states: [...found.values()].sort((a, b) => (a.state_id < b.state_id ? -1 : 1)) };
  },
});

export const showState = route({
  method: "GET",
  path: "/api/state",
  role: "read",
  summary: "A state as JSON text, with its last changes.",
  query: byId,
  answer: stateAnswer,
  async handle(served, { query: { id } }) {
    const store = await storeOfState(served, id);
    const [state, changes] = [await store.state(id), await store.history(id, shownChanges)];
    if (state === undefined && changes.length === 0) throw errors.state_unknown({ id });
    return {
      ...{ state_id: id, environment: environmentOfState(served.project, id) },
      ...{ value: state?.value ?? null, updated_at: state?.updatedAt ?? null },
      changes: changes.map(({ runId, kind, status, startedAt, endedAt, before, after }) => ({
        ...{ run_id: runId, kind, status, started_at: startedAt, ended_at: endedAt, before, after },
      })),
    };
  },
});

export const editState = route({
  method: "PUT",
  path: "/api/state",
  role: "edit",
  summary: "Replaces a state, unless it has changed since it was shown.",
  query: byId,
  body: Type.Object({ value: Type.String({ minLength: 1, description: "JSON text" }), expected: orNull }, { additionalProperties: false }),
  answer: doneAnswer,
  async handle(served, { query: { id }, body: { value, expected } }) {
    await changeState(await storeOfState(served, id), "edit", { stateId: id, value: parseStateText(value), expected });
    return { message: `The state of ${id} is saved. The next run starts from it.` };
  },
});

export const rollBack = route({
  method: "POST",
  path: "/api/state/rollback",
  role: "edit",
  summary: "Restores the state before the last change, or the state after a run. The rows after it are sent again.",
  query: byId,
  body: Type.Object(
    { run_id: Type.Optional(Type.String({ minLength: 1, description: "Restores the state after this run." })), expected: orNull },
    { additionalProperties: false },
  ),
  answer: doneAnswer,
  async handle(served, { query: { id }, body: { run_id: run, expected } }) {
    const value = await rollBackState(await storeOfState(served, id), { stateId: id, run, expected });
    return { message: `${id} is now at ${value === null ? "no state" : describeState(value)}` };
  },
});

const storeOfState = ({ project, storeOf }: Served, id: string) => storeOf(environmentOfState(project, id));
