/** What the commands of `tapline rejects` share: asking plugins, and which rows a person chose. */

import { Args, Flags } from "@oclif/core";
import type { RejectVerb } from "@tapline/protocol";
import { askRejects, openProject, pluginNames, pluginsWithRejects } from "@tapline/runner";
import { exitCodes, printFailure } from "./outcome.ts";
import { ownBinFolders } from "./plugin-folders.ts";
import { catchSignals } from "./signals.ts";
import { printLines } from "./terminal.ts";
import { usage } from "./usage.ts";

export const commonFlags = {
  environment: Flags.string({ char: "e", description: "The environment of tapline.yml." }),
  json: Flags.boolean({ description: "Print JSON, one object a line." }),
};

export const choiceFlags = {
  stream: Flags.string({ multiple: true, multipleNonGreedy: true, description: "Only rows of this stream; may be repeated." }),
  all: Flags.boolean({ description: "All rows that the plugin keeps." }),
};

export const chosenArgs = {
  plugin: Args.string({ description: "The plugin that keeps them, see: tapline rejects list", required: true }),
  id: Args.string({ description: "One or more ids, see: tapline rejects list" }),
};

interface Choice {
  /** undefined: every plugin that can answer. */
  plugin: string | undefined;
  ids: readonly string[];
  streams: readonly string[];
  environment: string | undefined;
  json: boolean;
}

interface ChosenFlags {
  stream?: string[] | undefined;
  all: boolean;
  environment?: string | undefined;
  json: boolean;
}

/** `words` are the plugin and the ids. @throws rejects_plugin_first, rejects_not_chosen: no command changes all rows because a word was forgotten */
export function chosen(verb: RejectVerb, words: readonly string[], { stream: streams = [], all, environment, json }: ChosenFlags): Choice {
  const [plugin = "", ...ids] = words;
  const plugins = pluginNames(openProject(process.cwd()));
  if (!plugins.includes(plugin))
    throw usage.rejects_plugin_first({ verb, word: plugin, plugins, rows: ids.length === 0 ? plugin : ids.join(" ") });
  if (ids.length + streams.length === 0 && !all) throw usage.rejects_not_chosen({ plugin });
  if (ids.length + streams.length > 0 && all) throw usage.rejects_all_alone({});
  return { plugin, ids, streams, environment, json };
}

interface Request<T> extends Choice {
  /** Prints the answer. `line` is an object of `--json`. */
  print(lines: T[]): string[];
  /** Whether the answer is what was asked for. Default: always. */
  isDone?(lines: readonly T[]): boolean;
}

type Lines<V extends RejectVerb> = Extract<Awaited<ReturnType<typeof askRejects<V>>>, { lines: unknown }>["lines"][number];

/** Asks, prints, and @returns the exit code. */
export async function answerRejects<V extends RejectVerb>(verb: V, request: Request<Lines<V>>): Promise<number> {
  const { environment, ids, streams, json, print, isDone = () => true } = request;
  const project = openProject(process.cwd());
  const stop = catchSignals();
  const plugins =
    request.plugin === undefined ? await pluginsWithRejects({ project, environment, binFolders: ownBinFolders }) : [request.plugin];
  const found: (Lines<V> & { plugin?: string })[] = [];
  const log = (text: string): void => void printLines([text], process.stderr);
  for (const plugin of plugins) {
    const answer = await askRejects(verb, {
      project,
      plugin,
      environment,
      binFolders: ownBinFolders,
      ids,
      streams,
      stop,
      onWait: (path) => log(`Waiting for another run that writes to ${path}`),
      onEvent(event) {
        if (event.kind === "log" && event.level !== "info") log(`${plugin}: ${event.message}`);
      },
    });
    if ("failure" in answer) {
      if (stop.signal !== undefined) return stop.signal === "SIGINT" ? exitCodes.SIGINT : exitCodes.SIGTERM;
      printFailure(answer.failure);
      return exitCodes.failed;
    }
    found.push(...answer.lines.map((line) => ({ plugin, ...line })));
  }
  const lines = json ? found.map((line) => JSON.stringify(line)) : print(found);
  process.stdout.write(lines.map((line) => `${line}\n`).join(""));
  return isDone(found) ? exitCodes.done : exitCodes.failed;
}
