import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { createMeter } from "./meter.ts";

const at = new Date("2026-01-31T02:00:00Z");
const clock = { now: () => at, wait: async () => {} };

test("counts runs by job and status, with labels as Prometheus reads them", () => {
  const meter = createMeter(clock);
  const job = 'a "b"\\c';
  meter.note({ type: "started", name: "n", job, dueAt: "", runId: "r1", missed: 0, files: 0 });
  meter.note({ type: "waiting", name: "m", job, dueAt: null, waiting: { reason: "job_full", active: [] } });
  expect(meter.text()).toContain("tapline_runs_active 1\n");
  expect(meter.text()).toContain('tapline_waiting{name="m",reason="job_full"} 1\n');
  meter.note({ type: "ended", name: "n", job, runId: "r1", status: "done", error: null });
  expect(meter.text()).toContain('tapline_runs_total{job="a \\"b\\"\\\\c",status="done"} 1\n');
  expect(meter.text()).toContain(`tapline_last_success_timestamp_seconds{job="a \\"b\\"\\\\c"} ${at.getTime() / 1000}\n`);
  expect(meter.text()).toContain("tapline_runs_active 0\n");
});

test("the last success of before the start counts, and an older one does not replace it", () => {
  const meter = createMeter(clock);
  meter.succeeded("a", new Date(5000));
  meter.succeeded("a", new Date(3000));
  meter.succeeded("a", undefined);
  expect(meter.text()).toContain('tapline_last_success_timestamp_seconds{job="a"} 5\n');
});

test.each(["alerts.yml", "grafana-dashboard.json"])("%s names only metrics that there are", (file) => {
  const text = readFileSync(new URL(`../../../docs/how-to/monitor/${file}`, import.meta.url), "utf8");
  const named = new Set(text.match(/\btapline_\w+/g));
  const known = createMeter(clock).text();
  expect(named.size).toBeGreaterThan(3);
  for (const name of named) expect(known).toContain(`# TYPE ${name} `);
});
