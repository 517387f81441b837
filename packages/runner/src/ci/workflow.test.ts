/** The file for GitHub Actions of the example is YAML in GitHub's form, and every command of tapline in it exists with its flags. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { parseDocument } from "yaml";

const root = fileURLToPath(new URL("../../../../", import.meta.url));

interface Step {
  uses?: string;
  run?: string;
  env?: Record<string, string>;
}

interface Workflow {
  on: Record<string, unknown>;
  jobs: Record<string, { "runs-on": string; needs?: string; if?: string; env?: Record<string, string>; steps: Step[] }>;
}

const text = readFileSync(join(root, "examples/parallel-run/ci/github-actions.yml"), "utf8");
const read = parseDocument(text);
const workflow = read.toJS() as Workflow;
const manifest = JSON.parse(readFileSync(join(root, "packages/cli/oclif.manifest.json"), "utf8")) as {
  commands: Record<string, { flags: Record<string, object>; args: Record<string, object> }>;
};

test("it is a workflow: events, jobs that wait for jobs that are there, steps with one thing to do, expressions that are closed", () => {
  expect([read.errors, read.warnings]).toEqual([[], []]);
  expect(Object.keys(workflow.on)).toEqual(["pull_request", "push"]);
  const jobs = Object.entries(workflow.jobs);
  expect(jobs.map(([name]) => name)).toEqual(["check", "deploy"]);
  for (const [name, job] of jobs) {
    expect(job["runs-on"], name).toBe("ubuntu-latest");
    if (job.needs !== undefined) expect(Object.keys(workflow.jobs)).toContain(job.needs);
    for (const step of job.steps) expect(Number(step.uses !== undefined) + Number(step.run !== undefined), JSON.stringify(step)).toBe(1);
  }
  expect(text.match(/\$\{\{/g)?.length).toBe(text.match(/\$\{\{ [^{}]+ \}\}/g)?.length);
  // What a person of a pull request can name goes to the shell by variables only.
  for (const { run } of jobs.flatMap(([, { steps }]) => steps)) expect(run ?? "").not.toContain("${{");
  expect(workflow.jobs.deploy).toMatchObject({ needs: "check", if: "github.ref == 'refs/heads/main'" });
});

test("every command of tapline exists, with its flags", () => {
  const lines = Object.values(workflow.jobs).flatMap(({ steps }) => steps.flatMap(({ run = "" }) => run.split(/\n|&&|;|\|\|/)));
  const commands = lines.map((line) => line.trim().split(/\s+/)).filter(([program]) => program === "tapline");
  expect(commands.map(([, name]) => name)).toEqual(["install", "ci", "pause", "install", "doctor", "resume"]);
  for (const [, name = "", ...words] of commands) {
    const flags = words.filter((word) => word.startsWith("--")).map((word) => word.slice(2));
    expect(Object.keys(manifest.commands[name]?.flags ?? {}), name).toEqual(expect.arrayContaining(flags));
  }
});
