/** Asks a plugin what its tables hold, and gives its lines as they arrive. A process answers many questions, one after the other. */
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
} from "@tapline/protocol";
import { errors } from "../errors.ts";
import { asFailure, type Failure } from "../model/failure.ts";
import type { Project } from "../model/project.ts";
import { preparePlugin, type StepOptions } from "../plugins/prepare.ts";
import { type DigestProcess, startDigestProcess } from "./digest-process.ts";
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

/** The failure of a plugin, as an error that ends the verification of one table. */
export class SideFailed extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

/** The tables of a plugin. Its processes end with it. @throws as `preparePlugin`, digest_missing */
export async function openSide(context: DigestContext, place: Place): Promise<VerifySide & AsyncDisposable> {
  const ready = await preparePlugin(context.project, place.plugin, { ...context, environment: place.environment });
  if (!hasCapability(ready.about, capabilities.digest)) throw errors.digest_missing({ name: place.plugin });
  const idle: DigestProcess[] = [];
  const all: DigestProcess[] = [];
  async function* answer<L extends Line>(question: object, readLine: (text: string) => L | undefined): AsyncGenerator<Told<L>> {
    let used = idle.pop();
    if (used === undefined) {
      used = startDigestProcess({ ...context, ready });
      all.push(used);
    }
    if (yield* tellAnswer(place.plugin, ready.redact, used, question, readLine)) idle.push(used);
  }
  return {
    place,
    digest: (question) => answer(question, readDigestLine),
    rows: (question) => answer(question, readRowsLine),
    async [Symbol.asyncDispose]() {
      await Promise.all(all.map((each) => each.end()));
    },
  };
}

type Line = { kind: string };
type Told<L> = Exclude<L, { kind: "end" }>;

/** @returns true: the process can be asked again. @throws SideFailed */
async function* tellAnswer<L extends Line>(
  name: string,
  redact: Redact,
  asked: DigestProcess,
  question: object,
  readLine: (text: string) => L | undefined,
): AsyncGenerator<Told<L>, true> {
  let isWhole = false;
  let isCut = false;
  let wrong: string | undefined;
  try {
    for await (const text of asked.ask(question)) {
      const line = readLine(text);
      if (line?.kind === "end") isWhole = true;
      if (line === undefined) wrong = text;
      if (isWhole || wrong !== undefined) break;
      yield line as Told<L>;
    }
    isCut = !isWhole && wrong === undefined;
  } finally {
    if (!isWhole && !isCut) asked.giveUp();
  }
  if (isWhole) return true;
  const failure = await asked.end();
  if (isCut && failure !== undefined) throw new SideFailed(failure);
  throw new SideFailed(asFailure(name, errors.digest_unreadable({ name, flag: "--digest", start: redact((wrong ?? "").slice(0, 80)) })));
}
