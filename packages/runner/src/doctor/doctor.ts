/** Checks a machine and a project for common problems, and reports how to fix each. Changes nothing. */

import { execFileSync } from "node:child_process";
import { accessSync, constants, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { Project } from "../model/project.ts";
import { preparePlugin, type StepOptions } from "../plugins/prepare.ts";
import { settingProblems } from "../plugins/setting-problems.ts";
import { type Job, jobOf } from "../project/job.ts";
import { environmentOf, openProject, pluginNames } from "../project/project.ts";
import { listSettings } from "../project/settings.ts";
import { attempt, type Finding, ok } from "./finding.ts";
import { placesOf } from "./places.ts";
import { notTested, testReady, wayToTest } from "./test-plugin.ts";

export interface DoctorOptions extends Pick<StepOptions, "environment" | "binFolders"> {
  folder: string;
  processEnv?: NodeJS.ProcessEnv;
  /** Settles with the signal to stop plugins with that test themselves. */
  stop?: Promise<NodeJS.Signals>;
}

/** Yields each finding as soon as it is known. */
export async function* findProblems({
  folder,
  environment,
  binFolders,
  stop,
  processEnv = process.env,
}: DoctorOptions): AsyncGenerator<Finding> {
  yield ok("node", `Node.js ${process.versions.node}`);
  yield mkfifo(processEnv);
  const opened = await attempt("project", () => openProject(folder, processEnv));
  if ("finding" in opened) {
    yield opened.finding;
    return;
  }
  const project = opened.value;
  const names = pluginNames(project);
  const jobs = Object.keys(project.parsed.file.jobs ?? {});
  yield ok("project", `${project.path}: ${counted(names.length, "plugin")}, ${counted(jobs.length, "job")}`);
  for (const { kind, what, text, position } of project.meltano?.gaps ?? []) {
    const where = position.line === undefined ? "" : ` (line ${position.line})`;
    yield { status: kind === "differs" ? "ok" : "warning", about: "meltano.yml", message: `${what}${where}: ${text}`, fix: undefined };
  }
  yield* filesOf(project);
  const named = await attempt("project", () => environmentOf(project, environment));
  if ("finding" in named) {
    yield named.finding;
    return;
  }
  yield* placesOf(project, named.value);
  const inUse = new Set(names);
  for (const job of jobs) {
    const found = await attempt(job, () => jobOf(project, job));
    if ("finding" in found) yield found.finding;
    else for (const name of pluginsOf(found.value)) inUse.add(name);
  }
  for (const name of inUse) yield* pluginIn(project, name, { environment: named.value, binFolders: binFolders ?? [], stop });
}

interface PluginContext {
  environment: string;
  binFolders: readonly string[];
  stop: Promise<NodeJS.Signals> | undefined;
}

async function* pluginIn(project: Project, name: string, { environment, binFolders, stop }: PluginContext): AsyncGenerator<Finding> {
  const prepared = await attempt(name, () => preparePlugin(project, name, { environment, binFolders }));
  if ("finding" in prepared) {
    yield prepared.finding;
    return;
  }
  const { about, executable } = prepared.value;
  const description =
    about === null ? `${executable.path}; it does not answer to --about` : `${executable.path}, version ${about.version ?? "unknown"}`;
  yield ok(name, description);
  const problems = await settingProblems(prepared.value);
  if (problems.length > 0)
    yield { status: "problem", about: name, message: problems.join("; "), fix: `See its settings: tapline about ${name}` };
  else yield await connectionOf(project, prepared.value, stop);
  for (const row of listSettings(project, name, environment, about).filter(({ isBare }) => isBare)) {
    const where = row.place.line === undefined ? "" : ` (line ${row.place.line})`;
    const message = `the secret ${row.name} is in the project file as plain text${where}`;
    const variable = `${name}_${row.name}`.toUpperCase().replaceAll(/\W/g, "_");
    yield { status: "warning", about: name, message, fix: `Write it as $${variable} there, and ${variable}=… in .env` };
  }
}

/** Plugins that test themselves do so. Others may take long, or can't be tested. */
async function connectionOf(
  project: Project,
  ready: Awaited<ReturnType<typeof preparePlugin>>,
  stop: PluginContext["stop"],
): Promise<Finding> {
  const { name } = ready.plugin;
  const way = wayToTest(ready);
  if (way !== "--test") {
    const test = way === undefined ? undefined : `To test it: tapline config test ${name}`;
    return { status: "ok", about: name, message: `Settings are valid. ${notTested}`, fix: test };
  }
  const sentences: string[] = [];
  const { failure } = await testReady(ready, {
    project,
    stop,
    timeoutMs: longestTestMs,
    onEvent(event) {
      if (event.kind === "log" && event.level === "info") sentences.push(event.message);
    },
  });
  if (failure === null) return ok(name, describeTest(sentences));
  return { status: "problem", about: name, message: failure.message, fix: failure.hint };
}

/** A tap prints a sentence for each stream; the last one sums them up. */
function describeTest(sentences: readonly string[]): string {
  const shown = sentences.length > mostSentences ? sentences.slice(-1) : sentences;
  return shown.map((sentence) => (sentence.endsWith(".") ? sentence : `${sentence}.`)).join(" ");
}

const mostSentences = 4;
const longestTestMs = 30_000;

function* filesOf({ folder }: Project): Generator<Finding> {
  const own = join(folder, ".tapline");
  const writable = existsSync(own) ? own : folder;
  try {
    accessSync(writable, constants.W_OK);
  } catch {
    yield {
      status: "problem",
      about: "project",
      message: `${writable} is not writable`,
      fix: "Give the user that runs tapline write permission there.",
    };
  }
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize < 100 * 2 ** 20) {
    const free = Math.floor((bavail * bsize) / 2 ** 20);
    yield {
      status: "warning",
      about: "project",
      message: `only ${free} MiB are free on the disk`,
      fix: "Free some space: state, history and logs are kept in .tapline.",
    };
  }
  const dotenv = join(folder, ".env");
  if (!existsSync(dotenv)) return;
  if ((statSync(dotenv).mode & 0o077) !== 0)
    yield { status: "warning", about: ".env", message: "other users of this machine can read it", fix: "chmod 600 .env" };
  const repository = repositoryAbove(folder);
  if (repository !== undefined && !isIgnored(folder))
    yield {
      status: "warning",
      about: ".env",
      message: "git does not ignore it, so its secrets may be committed",
      fix: "Add the line .env to .gitignore",
    };
}

function pluginsOf({ steps }: Job): string[] {
  return steps.flatMap(({ work }) => (work.kind === "pipe" ? [work.tap, ...work.mappers, work.target] : [work.plugin]));
}

function mkfifo({ PATH = "" }: NodeJS.ProcessEnv): Finding {
  const folder = mkdtempSync(join(tmpdir(), "tapline-doctor-"));
  try {
    execFileSync("mkfifo", [join(folder, "pipe")], { stdio: "ignore" });
    return ok("pipes", "named pipes work");
  } catch {
    const isThere = PATH.split(delimiter).some((each) => existsSync(join(each, "mkfifo")));
    const fix = isThere ? "Use a file system that supports named pipes." : "Install the command mkfifo (in the package coreutils).";
    return { status: "problem", about: "pipes", message: "named pipes can't be created", fix };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function repositoryAbove(folder: string): string | undefined {
  if (existsSync(join(folder, ".git"))) return folder;
  const above = join(folder, "..");
  return above === folder ? undefined : repositoryAbove(above);
}

/** Asks git, which knows every ignore file. Without git, looks into the project's .gitignore. */
function isIgnored(folder: string): boolean {
  try {
    execFileSync("git", ["check-ignore", "-q", "--", ".env"], { cwd: folder, stdio: "ignore" });
    return true;
  } catch (error) {
    if ((error as { status?: number }).status === 1) return false;
    const file = join(folder, ".gitignore");
    return readdirSync(folder).includes(".gitignore") && /^\/?\.env$/m.test(readFileSync(file, "utf8"));
  }
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;
