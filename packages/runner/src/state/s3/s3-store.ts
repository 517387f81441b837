/**
 * Keeps states in a bucket of S3, or of a service that speaks it, for runs on many machines without a database. Each state id has an object
 * with its state and its last runs; older runs are objects of their own, which never change. The time is the service's.
 */
import { createHash, randomBytes } from "node:crypto";
import { TaplineError } from "@tapline/protocol";
import { s3ErrorCatalogue } from "@tapline/s3";
import { openBucket, type S3Bucket } from "@tapline/s3/bucket";
import { errors } from "../../errors.ts";
import { type Backend, type Decision, entryOf, keptRuns, type Rule, type RunRow } from "../backend.ts";
import type { StoredState } from "../store.ts";
import { changeDocuments, readDocument } from "./documents.ts";
import { s3Facts } from "./s3-facts.ts";

export interface S3Address {
  /** "s3://bucket/prefix" */
  path: string;
  /** Of a service other than AWS. */
  endpoint: string | undefined;
}

/** `position` counts the runs of the state id. */
type KeptRow = RunRow & { position: number };

interface Content {
  stateId: string;
  state: StoredState | null;
  /** Those without an end, the newest settled one and the newest few, oldest first. */
  runs: KeptRow[];
  /** The position of its next run. */
  next: number;
}

interface Identity {
  form: number;
  id: string;
}

const form = 1;
const identityName = "store.json";
/** Ended runs that stay beside the state: each of its writes writes them again. */
const besideState = 3;

/** @throws store_unreachable, store_too_new, and the errors of S3 that settings cause */
export async function openS3Backend(address: S3Address): Promise<Backend> {
  const place = address.path.replace(/\/$/, "");
  const guard = guardOf(place);
  const bucket = await openBucket(place, address.endpoint);
  try {
    const id = await guard(() => readOrMakeIdentity(bucket, place));
    const now = (): Date => bucket.now();
    return {
      id,
      place,
      decide: <const Ids extends readonly string[], T>(stateIds: Ids, rule: Rule<Ids, T>) =>
        guard(() =>
          changeDocuments<Content, T>(bucket, stateIds.map(stateName), async (found) => {
            const contents = found.map((content, index) => content ?? emptyOf(stateIds[index] as string));
            const decision = rule(
              contents.map(({ stateId, state, runs }) => entryOf(stateId, state ?? undefined, runs)) as unknown as Parameters<
                typeof rule
              >[0],
              now(),
            );
            const changed = contents.map((content) => afterDecision(content, decision));
            for (const each of changed) if (each !== undefined) await keep(bucket, each.stateId, each.leaving);
            return { answer: decision.answer, values: changed.map((each) => each?.content) };
          }),
        ),
      state: (stateId) => guard(async () => (await readDocument<Content>(bucket, stateName(stateId))).value?.state ?? undefined),
      states: () =>
        guard(async () => {
          const names = await bucket.list("states/");
          const found = await Promise.all(names.map((name) => readDocument<Content>(bucket, name)));
          const states = found.flatMap(({ value }) => value?.state ?? []);
          return states.sort((a, b) => (a.stateId < b.stateId ? -1 : 1));
        }),
      runs: (stateId, limit) => guard(() => readRuns(bucket, stateId, limit)),
      facts: s3Facts(bucket, now, guard),
      [Symbol.asyncDispose]: async () => bucket.close(),
    };
  } catch (error) {
    bucket.close();
    throw error;
  }
}

/** Whether the store has been created. @throws as `openS3Backend` */
export async function isS3StoreThere({ path, endpoint }: S3Address): Promise<boolean> {
  const bucket = await openBucket(path.replace(/\/$/, ""), endpoint);
  try {
    return (await guardOf(path)(() => bucket.read(identityName))) !== null;
  } finally {
    bucket.close();
  }
}

/** A network that fails is the same for every store; what settings cause has its own remedy. */
function guardOf(place: string): <T>(work: () => Promise<T>) => Promise<T> {
  return async (work) => {
    try {
      return await work();
    } catch (error) {
      const { message } = error as Error;
      if (!(error instanceof TaplineError)) throw errors.store_unusable({ path: place, reason: message }, {}, error);
      if (!isS3Failure(error) || error.class !== "connection") throw error;
      throw errors.store_unreachable({ place, reason: message }, {}, error);
    }
  };
}

const isS3Failure = ({ code }: TaplineError): boolean => Object.hasOwn(s3ErrorCatalogue, code);

async function readOrMakeIdentity(bucket: S3Bucket, place: string): Promise<string> {
  for (;;) {
    const found = await bucket.read(identityName);
    if (found !== null) {
      const { form: foundForm, id } = JSON.parse(found.text) as Identity;
      if (foundForm > form) throw errors.store_too_new({ path: place, version: foundForm });
      return id;
    }
    await bucket.replace(identityName, JSON.stringify({ form, id: randomBytes(16).toString("hex") } satisfies Identity), null);
  }
}

/** Names of state ids are never keys: they may have any characters. */
const hash = (stateId: string): string => createHash("sha256").update(stateId).digest("hex").slice(0, 40);
const stateName = (stateId: string): string => `states/${hash(stateId)}.json`;
const runsStart = (stateId: string): string => `runs/${hash(stateId)}/`;
const runName = ({ stateId, position, runId }: KeptRow): string =>
  `${runsStart(stateId)}${String(position).padStart(10, "0")}-${encodeURIComponent(runId)}.json`;

const emptyOf = (stateId: string): Content => ({ stateId, state: null, runs: [], next: 0 });

interface AfterDecision {
  stateId: string;
  content: Content;
  /** Runs that leave it, and must be kept before it is written. */
  leaving: KeptRow[];
}

/** undefined: the decision does not change it. */
function afterDecision(content: Content, { runs = [], states = [] }: Decision<unknown>): AfterDecision | undefined {
  const { stateId } = content;
  const [ownRuns, ownStates] = [runs, states].map((all) => all.filter((each) => each.stateId === stateId)) as [RunRow[], typeof states];
  if (ownRuns.length === 0 && ownStates.length === 0) return undefined;
  let { next } = content;
  const rows = new Map(content.runs.map((run) => [run.runId, run]));
  for (const run of ownRuns) rows.set(run.runId, { ...run, position: rows.get(run.runId)?.position ?? next++ });
  const state = ownStates.reduce<StoredState | null>((_, each) => (each.value === null ? null : each), content.state);
  const all = [...rows.values()];
  const previous = all.findLast(({ isSettled }) => isSettled);
  const leaving = all.filter((run) => run.status !== "running" && run !== previous).slice(0, -besideState);
  return { stateId, content: { stateId, state, runs: all.filter((run) => !leaving.includes(run)), next }, leaving };
}

/** What is written twice is the same: a run that has ended does not change. */
async function keep(bucket: S3Bucket, stateId: string, leaving: readonly KeptRow[]): Promise<void> {
  if (leaving.length === 0) return;
  for (const run of leaving) await bucket.replace(runName(run), JSON.stringify(run), null);
  const names = await bucket.list(runsStart(stateId));
  await bucket.remove(names.slice(0, besideState - keptRuns));
}

async function readRuns(bucket: S3Bucket, stateId: string, limit: number): Promise<RunRow[]> {
  const { value } = await readDocument<Content>(bucket, stateName(stateId));
  const beside = value?.runs ?? [];
  const missing = limit - beside.length;
  const names = missing <= 0 ? [] : (await bucket.list(runsStart(stateId))).slice(-missing);
  const older = await Promise.all(names.map((name) => bucket.read(name)));
  const all = [...older.flatMap((found) => (found === null ? [] : (JSON.parse(found.text) as KeptRow))), ...beside];
  const newest = [...new Map(all.map((run) => [run.runId, run])).values()].sort((a, b) => b.position - a.position);
  return newest.slice(0, limit).map(({ position: _, ...run }) => run);
}
