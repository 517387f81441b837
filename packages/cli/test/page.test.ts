/** What the page does with a real server: starts runs, follows, cancels and repeats them. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runsOf, type Server, startServer } from "./server.ts";
import { makeProject, until } from "./tapline.ts";

async function urlOf({ events }: Server): Promise<string> {
  await until(() => events.some(({ type }) => type === "listening"), "the server listens", 120_000);
  return events.find(({ type }) => type === "listening")?.url as string;
}

async function post(url: string, body: object = {}): Promise<{ status: number; answer: { run_id: string } & Record<string, unknown> }> {
  const response = await fetch(url, { method: "POST", headers: { "x-tapline": "1" }, body: JSON.stringify(body) });
  return { status: response.status, answer: (await response.json()) as never };
}

/** The types of a run's events, as they come. */
async function* eventsOf(url: string): AsyncGenerator<string> {
  const response = await fetch(url);
  let rest = "";
  for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const blocks = (rest + piece).split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const [, type = "", data = ""] = /^event: (.*)\ndata: (.*)$/.exec(block) ?? [];
      if (type === "close") return;
      expect(JSON.parse(data)).toMatchObject({ type });
      yield type;
    }
  }
}

test("a project without schedules is served: a run is started, seen live, cancelled and tried again", async () => {
  const folder = makeProject({ rows: 400, pause_ms: 50 });
  const server = startServer(folder);
  const url = await urlOf(server);
  const { status, answer } = await post(`${url}/api/runs`, { words: ["pipe"], tags: { by: "page" } });
  expect([status, runsOf(folder)[0]?.runId]).toEqual([200, answer.run_id]);
  const seen: string[] = [];
  for await (const type of eventsOf(`${url}/api/runs/${answer.run_id}/events`)) {
    // Rows are committed while the run goes on.
    if (type === "state" && !seen.includes(type)) expect((await post(`${url}/api/runs/${answer.run_id}/cancel`)).status).toBe(200);
    seen.push(type);
  }
  expect(seen.at(-1)).toBe("job_finished");
  expect(runsOf(folder)[0]).toMatchObject({ status: "stopped", tags: { by: "page" } });
  const file = join(folder, "tapline.yml");
  writeFileSync(file, readFileSync(file, "utf8").replace(/"pause_ms": ?50/, '"pause_ms":0'));
  const again = await post(`${url}/api/runs/${answer.run_id}/retry`);
  expect(again.status).toBe(200);
  await until(() => runsOf(folder)[0]?.status !== "running", "the second run ended", 120_000);
  expect(runsOf(folder)[0]).toMatchObject({ status: "done", trigger: { kind: "retry", of: answer.run_id } });
  expect((await post(`${url}/api/runs/${again.answer.run_id}/cancel`)).status).toBe(409);
  const log = await (await fetch(`${url}/api/runs/${answer.run_id}/log.txt`)).text();
  expect(log).toContain(`end of run ${answer.run_id}, stopped`);
  server.child.kill("SIGINT");
  expect((await server.answer).code).toBe(0);
});

test("a run that can't begin is refused with its reason", async () => {
  const server = startServer(makeProject({ rows: 1 }));
  const url = await urlOf(server);
  const { status, answer } = await post(`${url}/api/runs`, { words: ["pip"] });
  expect([status, JSON.stringify(answer)]).toEqual([400, expect.stringMatching(/could not begin.*pip/)]);
  server.child.kill("SIGINT");
  await server.answer;
});
