/** A process of a plugin that answers questions about its tables (`--digest -`): one line of stdin each. It ends when it is told to, or when an answer is given up. */
import type { Readable, Writable } from "node:stream";
import { type PluginEvent, type Redact, TaplineError } from "@tapline/protocol";
import { asFailure, type Failure } from "../model/failure.ts";
import type { Project } from "../model/project.ts";
import type { ReadyPlugin } from "../model/step.ts";
import { askPlugin } from "../process/ask-plugin.ts";
import { eachLine } from "../process/lines.ts";

export interface DigestProcess {
  /** The lines from here on; the reader knows which one is the last of its answer. They end early where the process does. */
  ask(question: object): AsyncIterable<string>;
  /** Stops it: what it would still print is not wanted. */
  giveUp(): void;
  /** Waits until it has ended. @returns why it failed */
  end(): Promise<Failure | undefined>;
}

interface Started {
  project: Project;
  ready: ReadyPlugin & { redact: Redact };
  stop?: Promise<NodeJS.Signals> | undefined;
  onEvent(event: PluginEvent): void;
}

export function startDigestProcess({ project, ready, stop, onEvent }: Started): DigestProcess {
  const input = Promise.withResolvers<Writable | undefined>();
  const output = Promise.withResolvers<Readable | undefined>();
  const givenUp = Promise.withResolvers<NodeJS.Signals>();
  const wasRead = Promise.withResolvers<void>();
  const read = (stdout: Readable): Promise<void> => {
    output.resolve(stdout);
    return wasRead.promise;
  };
  const stopped = Promise.race([givenUp.promise, ...(stop === undefined ? [] : [stop])]);
  const ended = askPlugin({
    project,
    ready,
    redact: ready.redact,
    flag: "--digest",
    more: ["-"],
    stop: stopped,
    onEvent,
    read,
    talk: input.resolve,
  })
    .catch((error: unknown) => {
      if (!(error instanceof TaplineError)) throw error;
      return { failure: asFailure(ready.plugin.name, error) };
    })
    .finally(() => {
      input.resolve(undefined);
      output.resolve(undefined);
    });
  let lines: AsyncGenerator<string> | undefined;
  return {
    async *ask(question) {
      (await input.promise)?.write(`${JSON.stringify(question)}\n`);
      const stdout = await output.promise;
      if (stdout === undefined) return;
      lines ??= eachLine(stdout);
      // Not `for await`, which would end the lines with this answer.
      for (let next = await lines.next(); next.done !== true; next = await lines.next()) yield next.value;
    },
    giveUp: () => givenUp.resolve("SIGTERM"),
    async end() {
      (await input.promise)?.end();
      const stdout = await output.promise;
      if (stdout !== undefined) {
        lines ??= eachLine(stdout);
        while ((await lines.next()).done !== true);
      }
      wasRead.resolve();
      const end = await ended;
      return "failure" in end ? end.failure : undefined;
    },
  };
}
