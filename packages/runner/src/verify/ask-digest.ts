/** Asks a plugin what its tables hold (`--digest`, `--rows`), and gives its lines as they arrive. */
import type { Readable } from "node:stream";
import {
  capabilities,
  type DigestQuestion,
  hasCapability,
  type PluginEvent,
  type ReadDigestLine,
  type ReadRowsLine,
  type Redact,
  type RowsQuestion,
  readDigestLine,
  readRowsLine,
  TaplineError,
} from "@tapline/protocol";
import { errors } from "../errors.ts";
import { asFailure, type Failure } from "../model/failure.ts";
import type { Project } from "../model/project.ts";
import type { ReadyPlugin } from "../model/step.ts";
import { preparePlugin, type StepOptions } from "../plugins/prepare.ts";
import { askPlugin } from "../process/ask-plugin.ts";
import { eachLine } from "../process/lines.ts";
import type { Place } from "./places.ts";

export interface DigestContext extends Pick<StepOptions, "binFolders"> {
  project: Project;
  /** Settles with the signal to stop the plugins with. */
  stop?: Promise<NodeJS.Signals> | undefined;
  onEvent(event: PluginEvent): void;
}

/** One side of a verification: tables that can be asked about. */
export interface VerifySide {
  place: Place;
  /** The lines of an answer without its last one. @throws SideFailed */
  digest(question: DigestQuestion): AsyncGenerator<Exclude<ReadDigestLine, { kind: "end" }>>;
  /** @throws SideFailed */
  rows(question: RowsQuestion): AsyncGenerator<Exclude<ReadRowsLine, { kind: "end" }>>;
}

interface Asked {
  place: Place;
  ready: ReadyPlugin & { redact: Redact };
  context: DigestContext;
}

/** The failure of a plugin, as an error that ends the verification of one table. */
export class SideFailed extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

/** The tables of a plugin. @throws as `preparePlugin`, digest_missing */
export async function openSide(context: DigestContext, place: Place): Promise<VerifySide> {
  const ready = await preparePlugin(context.project, place.plugin, { ...context, environment: place.environment });
  if (!hasCapability(ready.about, capabilities.digest)) throw errors.digest_missing({ name: place.plugin });
  const asked = { place, ready, context };
  return {
    place,
    digest: (question) => answer(asked, "--digest", question, readDigestLine),
    rows: (question) => answer(asked, "--rows", question, readRowsLine),
  };
}

async function* answer<L extends { kind: string }>(
  { place, ready, context }: Asked,
  flag: "--digest" | "--rows",
  file: unknown,
  readLine: (text: string) => L | undefined,
): AsyncGenerator<Exclude<L, { kind: "end" }>> {
  const { project, stop, onEvent } = context;
  const { redact } = ready;
  const output = Promise.withResolvers<Readable | undefined>();
  const wasRead = Promise.withResolvers<void>();
  const read = (stdout: Readable): Promise<void> => {
    output.resolve(stdout);
    return wasRead.promise;
  };
  const ended = askPlugin({ project, ready, redact, flag, file, stop, onEvent, read }).catch(asAnswer(place.plugin));
  void ended.then(() => output.resolve(undefined));
  let isWhole = false;
  let wrong: string | undefined;
  try {
    const stdout = await output.promise;
    if (stdout !== undefined) {
      for await (const text of eachLine(stdout)) {
        const line = isWhole ? undefined : readLine(text);
        if (line === undefined) {
          wrong = text;
          break;
        }
        if (line.kind === "end") isWhole = true;
        else yield line as Exclude<L, { kind: "end" }>;
      }
    }
  } finally {
    wasRead.resolve();
  }
  const end = await ended;
  const unreadable = (start: string) =>
    new SideFailed(asFailure(place.plugin, errors.digest_unreadable({ name: place.plugin, flag, start })));
  if (wrong !== undefined) throw unreadable(redact(wrong.slice(0, 80)));
  if ("failure" in end) throw new SideFailed(end.failure);
  if (!isWhole) throw unreadable("");
}

const asAnswer =
  (plugin: string) =>
  (error: unknown): { failure: Failure } => {
    if (!(error instanceof TaplineError)) throw error;
    return { failure: asFailure(plugin, error) };
  };
