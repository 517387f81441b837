/**
 * The HTTP side of the server: guards, the routes of the API, the events of a run, the page, /healthz and /metrics. Only here is HTTP
 * known. Writes are taken from the page itself alone: they need a header that no form and no page elsewhere can send.
 */
import { TaplineError } from "@tapline/protocol";
import { checkForm, eventLine, type Form, followRun, type Role } from "@tapline/runner";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { streamSSE } from "hono/streaming";
import { errors } from "../errors.ts";
import type { Meter } from "../meter.ts";
import { type Access, mayDo, type Who } from "./access.ts";
import { logText } from "./log.ts";
import { openApiDocument } from "./openapi.ts";
import type { PageFiles } from "./page-files.ts";
import type { Route, Served } from "./route.ts";
import { routes } from "./routes.ts";
import { knownRun } from "./runs.ts";

export interface AppOptions {
  served: Served;
  access: () => Access;
  meter: Meter;
  page: PageFiles;
  /** An error that no route expects: a fault of tapline, or of the store. */
  onProblem(error: unknown): void;
}

/** A server that looked at nothing for so many seconds is not well. */
const mostSilence = 60;

/** Bytes. A state may be large. */
const mostBody = 16 * 2 ** 20;

const policy = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

export function createApp({ served, access, meter, page, onProblem }: AppOptions): Hono {
  const app = new Hono();
  app.use(async (context, next) => {
    if (!access().isOwnHost(context.req.header("host"))) return problem(context, 403, errors.host_unknown({}));
    await next();
    context.header("x-content-type-options", "nosniff");
    context.header("content-security-policy", policy);
    context.header("referrer-policy", "no-referrer");
    context.header("cross-origin-resource-policy", "same-origin");
  });
  app.use(bodyLimit({ maxSize: mostBody, onError: (context) => problem(context, 413, errors.body_too_large({ most: mostBody })) }));
  app.onError((error, context) => answerTo(context, error, onProblem));

  app.get("/healthz", (context) => {
    const seconds = meter.silence();
    const ok = seconds <= mostSilence;
    return context.json({ ok, seconds_since_last_look: seconds }, ok ? 200 : 503);
  });
  app.get("/metrics", (context) => {
    allow(access(), context, "read");
    return context.text(meter.text(), 200, { "content-type": "text/plain; version=0.0.4; charset=utf-8" });
  });
  app.get("/api/openapi.json", (context) => context.json(openApiDocument()));
  for (const route of routes)
    app.on(route.method, route.path, async (context) => {
      const who = allow(access(), context, route.role);
      const asked = { id: context.req.param("id") ?? "", query: queryOf(route, context), body: await bodyOf(route, context), who };
      context.header("cache-control", "no-store");
      return context.json((await route.handle(served, asked as never)) as object);
    });

  app.get("/api/runs/:id/log.txt", (context) => {
    allow(access(), context, "read");
    const run = knownRun(served.history, context.req.param("id"));
    return context.text(logText(served.project.folder, run), 200, { "content-disposition": `attachment; filename="${run.runId}.log"` });
  });
  app.get("/api/runs/:id/events", (context) => {
    allow(access(), context, "read");
    const { runId } = knownRun(served.history, context.req.param("id"));
    return streamSSE(context, async (stream) => {
      const stop = new AbortController();
      stream.onAbort(() => stop.abort());
      for await (const timed of followRun(served.project.folder, runId, { signal: stop.signal }))
        await stream.writeSSE({ event: timed.event.type, data: eventLine(timed).trimEnd() });
      await stream.writeSSE({ event: "close", data: "" });
    });
  });

  app.all("/api/*", (context) => problem(context, 404, errors.route_unknown({ path: context.req.path })));
  app.get("*", (context) => {
    const file = page.find(context.req.path);
    if (!page.isBuilt) return context.text("The page was not built. Type: npm run build\n", 503);
    if (file === undefined) return context.text("There is no such page.\n", 404);
    return context.body(file.bytes, 200, { "content-type": file.type, "cache-control": "no-cache" });
  });
  app.all("*", (context) => context.text("Only GET is known here.\n", 405));
  return app;
}

/** @throws token_wrong, role_too_low, request_foreign */
function allow(access: Access, context: Context, needed: Role): Who {
  const who = access.whoIs(context.req.header("authorization"));
  if (who === undefined) throw errors.token_wrong({});
  if (!mayDo(who.role, needed)) throw errors.role_too_low({ role: who.role, needed, isReadOnly: who.isReadOnly });
  if (needed !== "read" && !isFromPage(context)) throw errors.request_foreign({});
  return who;
}

/** A form and a page elsewhere can send neither this header nor JSON without asking first, and are not allowed to. */
function isFromPage({ req }: Context): boolean {
  const origin = req.header("origin");
  const site = req.header("sec-fetch-site");
  const isSameOrigin = origin === undefined || URL.parse(origin)?.host === req.header("host");
  return req.header("x-tapline") === "1" && isSameOrigin && (site === undefined || site === "same-origin");
}

/** @throws request_malformed */
function queryOf({ query }: Route, context: Context): Record<string, string> {
  const given = context.req.query();
  if (query !== undefined) check(query, given, "The query");
  return given;
}

/** @throws request_malformed */
async function bodyOf({ body }: Route, context: Context): Promise<unknown> {
  if (body === undefined) return undefined;
  const text = await context.req.text();
  let value: unknown = {};
  try {
    if (text !== "") value = JSON.parse(text);
  } catch (error) {
    throw errors.request_malformed({ what: "The body", problems: [(error as Error).message] });
  }
  check(body, value, "The body");
  return value;
}

function check(form: Route["answer"], value: unknown, what: string): void {
  const problems = [...checkForm(form as Form, value)].map(({ problem: text }) => text.replace(/^the file/, "it"));
  if (problems.length > 0) throw errors.request_malformed({ what, problems });
}

const statusOfCode: Readonly<Record<string, 401 | 403 | 404 | 409 | 503>> = {
  ...{ token_wrong: 401, role_too_low: 403, request_foreign: 403, host_unknown: 403, route_unknown: 404 },
  ...{ run_not_known: 404, state_unknown: 404, name_unknown: 404, job_unknown: 404, stream_not_run: 404 },
  ...{ state_changed: 409, already_running: 409, run_over: 409, store_unreachable: 503 },
};

function answerTo(context: Context, error: unknown, onProblem: (error: unknown) => void): Response {
  if (error instanceof TaplineError) return problem(context, statusOfCode[error.code] ?? 400, error);
  onProblem(error);
  return problem(context, 500, errors.answer_failed({}));
}

function problem(context: Context, status: 400 | 401 | 403 | 404 | 409 | 413 | 500 | 503, { code, message, hint }: TaplineError): Response {
  return context.json({ error: { code, message, hint: hint ?? null } }, status);
}
