/** Serves the page, its API, /healthz and /metrics of a project. */
import { fileURLToPath } from "node:url";
import { openHistory, type StartRun, type Store } from "@tapline/runner";
import { packageVersion } from "@tapline/sdk";
import type { ActiveRuns } from "./active-runs.ts";
import { accessOf } from "./api/access.ts";
import { createApp } from "./api/app.ts";
import { readPage } from "./api/page-files.ts";
import { pluginAnswers } from "./api/plugin-answers.ts";
import { startAskedRun } from "./asked-run.ts";
import type { Clock } from "./clock.ts";
import { listen } from "./listen.ts";
import type { Meter } from "./meter.ts";
import type { WatchedProject } from "./watched-project.ts";

export interface PageOptions {
  watched: WatchedProject;
  storeOf(environment: string): Promise<Store>;
  start: StartRun;
  runs: ActiveRuns;
  binFolders: readonly string[];
  clock: Clock;
  meter: Meter;
  host: string;
  port: number;
  readOnly: boolean;
  onProblem(error: unknown): void;
}

export interface ServedPage extends AsyncDisposable {
  url: string;
  /** tapline.yml changed. */
  refresh(): void;
}

const pageFolder = fileURLToPath(new URL("../dist/page", import.meta.url));

/** @throws port_taken, server_open, token_short, store_unusable */
export async function servePage(options: PageOptions): Promise<ServedPage> {
  const { watched, clock, start, runs, meter, onProblem, host, port, readOnly, storeOf, binFolders } = options;
  let access = accessOf(watched.project, { host, readOnly });
  const history = openHistory(watched.project.folder);
  const plugins = pluginAnswers(clock, onProblem);
  const served = {
    get project() {
      return watched.project;
    },
    get plans() {
      return watched.plans;
    },
    ...{ storeOf, history, binFolders, clock, plugins, startedAt: clock.now(), version: packageVersion(import.meta.url) },
    startRun: (request: Parameters<StartRun>[0]) => startAskedRun(request, { history, start, runs, clock }),
  };
  const app = createApp({ served, access: () => access, meter, page: readPage(pageFolder), onProblem });
  const listening = await listen({ host, port, app }).catch((error: unknown) => {
    history[Symbol.dispose]();
    throw error;
  });
  return {
    url: listening.url,
    refresh() {
      plugins.forget();
      try {
        access = accessOf(watched.project, { host, readOnly });
      } catch (error) {
        // Who may do what stays as it was.
        onProblem(error);
      }
    },
    async [Symbol.asyncDispose]() {
      await listening[Symbol.asyncDispose]();
      history[Symbol.dispose]();
    },
  };
}
