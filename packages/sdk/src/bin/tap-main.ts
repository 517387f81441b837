/** The executable of a tap: its bin file only calls `runTap(tap)`. */
import type { Static, TObject } from "@tapline/protocol";
import {
  capabilities,
  parseExact,
  parseOrdered,
  readFollow,
  readState,
  readStateId,
  readTargetFacts,
  type State,
  stringifyOrdered,
  TaplineError,
  type TapSummary,
  Type,
} from "@tapline/protocol";
import type { Described } from "../config/about.ts";
import { readJsonObject } from "../config/read.ts";
import { errors } from "../errors.ts";
import { type BatchConfig, batchConfig, fileOutputOf } from "../tap/batch-config.ts";
import type { RejectDetails } from "../tap/define.ts";
import { defineTap, type Tap } from "../tap/define-tap.ts";
import { catalogEntry, discover } from "../tap/discover.ts";
import { type ExtractOptions, extract } from "../tap/extract.ts";
import { openTap } from "../tap/open-tap.ts";
import { createReadMeter, type ReadMeter } from "../tap/read-meter.ts";
import { isReadBy } from "../tap/stream-context.ts";
import { answerDigest } from "./digest.ts";
import { printInventory } from "./inventory.ts";
import { Output } from "./output.ts";
import { answerRejectsOfTap } from "./rejects.ts";
import { type PluginRun, print, runPlugin } from "./run-plugin.ts";
import { holdSnapshot } from "./snapshot.ts";

const tapCapabilities: readonly string[] = [
  capabilities.about,
  capabilities.catalog,
  capabilities.controlChannel,
  capabilities.controlPipe,
  capabilities.discover,
  capabilities.properties,
  capabilities.state,
  capabilities.test,
];

/** A summary keeps the first warnings of a stream; the log has all of them. */
const maxWarnings = 20;

/** How long a stopped tap waits for its reader to take the last piece. */
const patienceMs = 1000;

/**
 * Runs a tap by the arguments of this process and ends the process: with 0, with the exit code of the error's class, or with 128 + n
 * after a signal.
 * @example await runTap(tap);
 */
export function runTap<C extends TObject>(tap: Tap<C>): Promise<never> {
  return runPlugin<Static<C>>(describeTap(tap), "tap", async (run) => {
    if (await answerDigest<Static<C>>(tap, run)) return;
    if (run.args.rejects !== undefined) await answerRejectsOfTap(tap, run.args.rejects, run);
    else if (run.args.files) await printFiles(tap, run);
    else if (run.args.inventory !== undefined) await printInventory(tap, run.args.inventory, run);
    else if (run.args.snapshot) await holdSnapshot(tap, run);
    else if (run.args.discover) await printCatalog(tap, run);
    else if (run.args.test) await testStreams(tap, run);
    else await writeStreams(tap, run);
  });
}

async function printCatalog<C extends TObject>(tap: Tap<C>, { config, report, signal }: PluginRun<Static<C>>): Promise<void> {
  await using session = await openTap(tap, config, { signal, log: report.log });
  print(`${stringifyOrdered(discover(session.streams), 2)}\n`);
}

/** @throws usage, and what the tap throws */
async function printFiles<C extends TObject>(tap: Tap<C>, { config, report }: PluginRun<Static<C>>): Promise<void> {
  if (tap.sourceFiles === undefined) throw errors.usage({ plugin: tap.name, reason: `${tap.name} reads no files that it can list` });
  const files = await tap.sourceFiles(config, report.log);
  print(files.map((file) => `${JSON.stringify(file)}\n`).join(""));
}

/**
 * Describes a tap for `about` and the like: adds the capabilities that every tap of this SDK has.
 * @example about(describeTap(tap))
 */
export function describeTap<C extends TObject>(tap: Tap<C>): Described {
  const own = [
    ...(tap.rejects === undefined ? [] : [capabilities.rejectReplay]),
    ...(tap.files === undefined ? [] : [capabilities[tap.files === "csv" ? "batchCsv" : "batchPgcopy"]]),
    ...(tap.sourceFiles === undefined ? [] : [capabilities.files]),
    ...(tap.digest === undefined ? [] : [capabilities.digest]),
    ...(tap.readsRange === true ? [capabilities.range] : []),
    ...(tap.follows === true ? [capabilities.durable, capabilities.follow] : []),
    ...(tap.inventory === undefined ? [] : [capabilities.inventory]),
    ...(tap.snapshot === undefined ? [] : [capabilities.snapshot]),
  ];
  const config =
    tap.files === undefined ? tap.config : Type.Object({ ...tap.config.properties, batch_config: Type.Optional(batchConfig(tap.files)) });
  return { ...tap, config, capabilities: [...tapCapabilities, ...own].sort() };
}

async function writeStreams<C extends TObject>(tap: Tap<C>, run: PluginRun<Static<C>>): Promise<void> {
  const sent = new Map<string, Sent>();
  const warnings = new Map<string, string[]>();
  let meter: ReadMeter | undefined;
  const options: ExtractOptions = {
    ...(await readInputs(run)),
    signal: run.signal,
    target: readTargetFacts(process.env),
    stateId: readStateId(process.env),
    secrets: run.told?.secrets,
    ...(tap.follows === true ? toldBy(run) : {}),
    files: tap.files && fileOutputOf(tap.files, (run.config as { batch_config?: BatchConfig }).batch_config, run.report.log),
    onFiles(stream, rows) {
      const count = sent.get(stream);
      if (count) count.inFiles += rows;
    },
    log(level, message, stream) {
      run.report.log(level, message);
      if (level === "warning" && stream !== undefined)
        warnings.set(stream, [...(warnings.get(stream) ?? []), message].slice(0, maxWarnings));
    },
    onSelect(streams) {
      meter = createReadMeter(streams, (done, total) => run.report.progress({ done, total, unit: "bytes" }));
    },
    onProgress: (stream, doneBytes) => meter?.read(stream, doneBytes),
    onStream(event, stream) {
      if (event === "start")
        sent.set(stream, { sent: 0, inFiles: 0, rejected: 0, skipped: 0, bytes: 0, since: performance.now(), seconds: 0 });
      if (event === "end") meter?.end(stream);
      const count = sent.get(stream);
      if (event === "end" && count) count.seconds = (performance.now() - count.since) / 1000;
    },
    onCount(stream, rows, bytes) {
      run.report.count(stream, rows, bytes);
      const count = sent.get(stream);
      if (count) {
        count.sent += rows;
        count.bytes += bytes;
      }
    },
    onReject(stream, rows, details) {
      const count = sent.get(stream);
      if (count === undefined) return;
      count.rejected += rows;
      count.firstReject ??= details;
    },
    onSkip(stream, rows) {
      const count = sent.get(stream);
      if (count) count.skipped += rows;
    },
  };
  const output = new Output();
  run.signal.addEventListener("abort", () => setTimeout(run.dieOfSignal, patienceMs).unref());
  const failure = await writeAll(output, extract(tap, run.config, { ...options, usesPiecesAtOnce: true }));
  await output.written();
  if (run.signal.aborted) return;
  run.report.flush();
  for (const [stream, { sent: rows, inFiles, rejected, firstReject, skipped, bytes, seconds }] of sent) {
    run.report.summary({
      stream,
      sent: rows,
      ...(rejected > 0 ? { rejected, ...rejectFields(firstReject) } : {}),
      ...(skipped > 0 ? { skipped } : {}),
      ...(inFiles > 0 ? { in_files: inFiles } : {}),
      bytes,
      seconds: round(seconds),
      ...(warnings.has(stream) ? { warnings: warnings.get(stream) ?? [] } : {}),
    });
  }
  if (failure !== undefined) throw failure;
}

/** @throws follow_unheard */
function toldBy<T>({ told, report }: PluginRun<T>): Pick<ExtractOptions, "follow" | "durable"> {
  if (!readFollow(process.env)) return { durable: told?.durable };
  if (told === undefined) throw errors.follow_unheard({});
  return { durable: told.durable, follow: { ends: told.finish, lag: report.lag } };
}

/** Returns the error of single streams, where the others were read and the output is whole. @throws any other error */
async function writeAll(output: Output, pieces: AsyncIterable<Uint8Array>): Promise<TaplineError | undefined> {
  try {
    for await (const bytes of pieces) await output.write(bytes);
    return undefined;
  } catch (error) {
    if (error instanceof TaplineError && error.code === "streams_failed") return error;
    throw error;
  }
}

/** What a tap has sent of a stream. */
interface Sent {
  sent: number;
  inFiles: number;
  rejected: number;
  firstReject?: RejectDetails | undefined;
  skipped: number;
  bytes: number;
  since: number;
  seconds: number;
}

function rejectFields({ position, reason, keptIn }: RejectDetails = {}): Pick<TapSummary, "rejects" | "first_rejected"> {
  const first = { ...position, ...(reason === undefined ? {} : { reason }) };
  return {
    ...(keptIn === undefined ? {} : { rejects: keptIn }),
    ...(Object.keys(first).length === 0 ? {} : { first_rejected: first }),
  };
}

/** Reads the first rows of each stream and logs the result. */
async function testStreams<C extends TObject>(tap: Tap<C>, run: PluginRun<Static<C>>): Promise<void> {
  const { catalog } = await readInputs(run);
  const names: string[] = [];
  await using session = await openTap(tap, run.config, { signal: run.signal, log: run.report.log });
  const checked = new Set<string>();
  for (const group of session.together ?? []) {
    const members = session.streams.filter((stream) => isReadBy(group, stream, catalogEntry(stream)));
    if (group.check === undefined || members.length === 0) continue;
    await group.check(members);
    for (const { name } of members) checked.add(name);
  }
  for (const stream of session.streams) {
    names.push(stream.name);
    if (checked.has(stream.name)) continue;
    const together = session.together?.filter(({ streams }) => streams.includes(stream.name)) ?? [];
    const only = defineTap({ ...tap, streams: undefined, open: () => ({ streams: [stream], together }) });
    let rows = 0;
    for await (const _ of extract(only, run.config, {
      onCount: (_name, count) => {
        rows += count;
      },
    }))
      if (rows > 0) break;
    run.report.log("info", `stream ${JSON.stringify(stream.name)}: ${rows > 0 ? "rows can be read" : "no rows"}`);
  }
  run.report.log(
    "info",
    `test passed: ${names.length} of ${names.length} streams${catalog === undefined ? "" : " (the catalog's selection was not looked at)"}`,
  );
}

async function readInputs<T>({ args }: PluginRun<T>): Promise<{ catalog?: unknown; state?: State }> {
  return {
    ...(args.catalog === undefined ? {} : { catalog: await readJsonObject(args.catalog, (text) => parseOrdered(text, parseExact)) }),
    ...(args.state === undefined ? {} : { state: readState(await readJsonObject(args.state, parseExact)) }),
  };
}

const round = (seconds: number): number => Math.round(seconds * 1000) / 1000;
