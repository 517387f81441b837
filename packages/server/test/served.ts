/** A project with a history, served by the API without a network: what the tests of the API ask. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  changeState,
  type JobRequest,
  openHistory,
  openProject,
  openStore,
  type RunRecord,
  type StepRecord,
  thisRunner,
} from "@tapline/runner";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { Hono } from "hono";
import { accessOf } from "../src/api/access.ts";
import { createApp } from "../src/api/app.ts";
import { readPage } from "../src/api/page-files.ts";
import { pluginAnswers } from "../src/api/plugin-answers.ts";
import type { Route, Served } from "../src/api/route.ts";
import { routes } from "../src/api/routes.ts";
import { systemClock } from "../src/clock.ts";
import { createMeter } from "../src/meter.ts";
import { plansOf } from "../src/plan.ts";

export interface Asking extends AsyncDisposable {
  app: Hono;
  folder: string;
  /** Resolves to the status and the answer, which is held to the schema of its route. */
  ask(method: Route["method"], path: string, more?: { body?: unknown; headers?: Record<string, string> }): Promise<[number, Answer]>;
  problems: unknown[];
  /** The runs that were asked for. */
  started: JobRequest[];
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any form.
export type Answer = any;

export const stateId = "dev:tap-a-to-target-b";

const ajv = new Ajv2020({ strict: false });

export async function serveProject(
  file: object,
  { env = {}, readOnly = false, startRun }: { env?: Record<string, string>; readOnly?: boolean; startRun?: Served["startRun"] } = {},
): Promise<Asking> {
  const folder = mkdtempSync(join(tmpdir(), "tapline-api-"));
  writeFileSync(join(folder, "tapline.yml"), JSON.stringify(file));
  const project = openProject(folder, env);
  const store = await openStore(project, "dev");
  const history = openHistory(folder);
  const problems: unknown[] = [];
  const started: JobRequest[] = [];
  const app = createApp({
    served: {
      ...{ project, plans: plansOf(project), history, clock: systemClock, binFolders: [], startedAt: new Date(), version: "0.0.0" },
      storeOf: async () => store,
      startRun:
        startRun ??
        (async (request) => {
          started.push(request);
          return "20260131T101500Z-1a2b3c4d";
        }),
      plugins: pluginAnswers(systemClock, (error) => problems.push(error)),
    },
    access: () => accessOf(project, { host: "127.0.0.1", readOnly }),
    meter: createMeter(systemClock),
    page: readPage(join(folder, "no-page")),
    onProblem: (error) => problems.push(error),
  });
  const forms = new Map(routes.map((route) => [route, ajv.compile(route.answer)]));
  return {
    ...{ app, folder, problems, started },
    async ask(method, path, { body, headers = {} } = {}) {
      const given = { host: "127.0.0.1:4040", ...(method === "GET" ? {} : { "x-tapline": "1" }), ...headers };
      const response = await app.request(path, {
        method,
        headers: given,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const answer = await response.json();
      const route = routes.find((each) => each.method === method && patternOf(each).test(path.split("?")[0] as string));
      const isValid = route === undefined ? undefined : forms.get(route);
      if (response.ok && isValid !== undefined && !isValid(answer)) throw new Error(`${path}: ${ajv.errorsText(isValid.errors)}`);
      return [response.status, answer];
    },
    async [Symbol.asyncDispose]() {
      history[Symbol.dispose]();
      await store[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const patternOf = ({ path }: Route): RegExp => new RegExp(`^${path.replace(/:\w+/g, "[^/]+")}$`);

interface Noted extends Partial<RunRecord> {
  at: string;
  /** Of its stream, where they differ from the usual ones. */
  counts?: object;
}

/** Writes a run with one stream to the history. */
export async function noteRun(folder: string, { at, counts = {}, ...fields }: Noted): Promise<string> {
  const runId = fields.runId ?? `${at.replaceAll(/[-:]|\.\d+/g, "")}-1a2b3c4d`;
  using history = openHistory(folder);
  history.openRun({
    ...{ runId, name: "pipe", trigger: { kind: "command" }, environment: "dev", tags: {}, request: { words: ["pipe"] } },
    ...{ status: "running", startedAt: at, endedAt: null, error: null, runner: thisRunner() },
    ...fields,
  } as RunRecord);
  history.noteStep(stepOf(runId, at, counts));
  const status = fields.status ?? "done";
  if (status === "running") return runId;
  history.closeRun(runId, { status, endedAt: at, error: fields.error ?? null, eventBytes: 0, rows: { loaded: 2, rejected: 1 } });
  return runId;
}

function stepOf(runId: string, at: string, counts: object): StepRecord {
  return {
    ...{ runId, index: 0, name: "tap-a target-b", stateId, status: "done", attempts: [runId], startedAt: at, endedAt: at },
    plugins: [
      { name: "tap-a", version: "1.0.0" },
      { name: "target-b", version: null },
    ],
    ...{ exitCode: null, error: null, warnings: [] },
    streams: [
      {
        ...{ stream: "items", table: "main.items", rejects: null, sent: 3, received: 3, loaded: 2, inserted: 2, updated: 0, superseded: 0 },
        ...{ rejected: 1, deleted: 0, inTable: 2, bytes: 300, seconds: 0.1, summedUpBy: ["tap", "target"], changes: [] },
        ...{
          rowsPerSecond: 30,
          bytesPerSecond: 3000,
          bookmarkBefore: null,
          bookmarkAfter: { replication_key: "id", replication_key_value: 3 },
        },
        ...counts,
      },
    ],
    checks: [
      {
        ...{
          id: "items: id",
          stream: "items",
          rule: "not_null",
          columns: ["id"],
          when: "before",
          on_fail: "stop",
          expected: "id is not null",
        },
        ...{ status: "passed", rows: 3, failed: 0, first: [] },
      },
    ],
    nodes: [{ id: "model.shop.a", kind: "model", name: "a", status: "ok", seconds: 1, rows: 2, message: null, depends_on: ["main.items"] }],
  };
}

export async function keepState(folder: string, value: string): Promise<void> {
  await using store = await openStore(openProject(folder, {}), "dev");
  await changeState(store, "set", { stateId, value });
}
