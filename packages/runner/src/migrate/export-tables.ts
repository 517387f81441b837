/**
 * The first phase: the planned tables go to Parquet files, all from one snapshot of the source where its tap holds one, and are compared with
 * the source in that snapshot. Each try has a folder of its own, so what a killed one left is never mistaken for a whole export.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringifyOrdered, TaplineError } from "@tapline/protocol";
import { errors } from "../errors.ts";
import { asFailure, type Failure } from "../model/failure.ts";
import { preparePlugin } from "../plugins/prepare.ts";
import { withPlugins } from "../project/with-plugins.ts";
import { compareSides, hasDigest, inDatabase, inFiles, notCompared } from "./compare.ts";
import { holdSnapshot } from "./hold-snapshot.ts";
import { readExport, sizeOf } from "./manifest.ts";
import type { ExportRecord } from "./migration.ts";
import { filesEntry, filesName, parquetEntry, parquetName, sourceEntry, sourceName } from "./own-plugins.ts";
import { holdsSnapshot, type TablesPlan } from "./plan-migration.ts";
import { type PipeOptions, runPipe } from "./run-pipe.ts";

export interface ExportOptions extends PipeOptions {
  /** The folder of the files, which is new. */
  place: string;
  tries: number;
}

/** What the source was, beside the files. */
export const catalogName = "catalog.json";

/** @throws what can be wrong before a plugin starts */
export async function exportTables(plan: TablesPlan, options: ExportOptions): Promise<ExportRecord | { failure: Failure }> {
  const { project, environment, place, tries, binFolders } = options;
  const startedAt = new Date();
  mkdirSync(place, { recursive: true });
  const catalog = join(place, catalogName);
  writeFileSync(catalog, stringifyOrdered(plan.catalog, 2));
  const tap = await preparePlugin(project, plan.source, { environment, binFolders });
  const held = holdsSnapshot(tap.about)
    ? await holdSnapshot({ project, tap, redact: tap.redact, onEvent: options.onPluginEvent(plan.source) })
    : undefined;
  if (held !== undefined && "failure" in held) return held;
  await using snapshot = held;
  // The log of a stream that is followed has a snapshot of its own, in which nothing else can be read.
  const whole = plan.planned.flatMap(({ stream, method }) => (method === "LOG_BASED" ? [stream] : []));
  const select = plan.planned.map(({ stream }) => stream);
  const own = withPlugins(project, {
    [sourceName]: sourceEntry(plan.source, { catalog, snapshot: snapshot?.value, whole }),
    [parquetName]: parquetEntry(place),
  });
  const ran = await runPipe(
    { words: [sourceName, parquetName], state_id_suffix: `${options.id}.${tries}`, full_refresh: true, select },
    { ...options, project: own },
  );
  const lost = snapshot?.lost();
  if (lost !== undefined) return { failure: lost };
  if ("failure" in ran) return ran;
  try {
    const exported = readExport(place);
    const sent = new Map(ran.streams.map(({ stream, sent: rows }) => [stream, rows]));
    for (const { stream, files } of exported) {
      const rows = sizeOf([{ stream, files }]).rows;
      if (sent.get(stream) != null && sent.get(stream) !== rows)
        throw errors.export_incomplete({ stream, sent: sent.get(stream) as number, rows });
    }
    const streams = plan.planned.map(({ stream }) => exported.find((each) => each.stream === stream) ?? { stream, files: [] });
    const compared =
      snapshot === undefined || !(await hasDigest(own, sourceName, options))
        ? notCompared(
            `${plan.source} holds no snapshot, or has no digest, so its rows may have changed since they were read; ${sizeOf(exported).rows} rows were sent and are in the files`,
          )
        : await compareSides(
            withPlugins(own, { [filesName]: filesEntry(filesOf(plan.planned, place, streams)) }),
            { left: { plugin: sourceName, tableOf: inDatabase }, right: { plugin: filesName, tableOf: inFiles } },
            withRows(plan.planned, streams),
            options,
          );
    if ("failure" in compared) return compared;
    const endedAt = new Date();
    return {
      place,
      state: ran.state,
      streams: streams.map((each) => ({ stream: each.stream, ...sizeOf([each]), files: each.files.length })),
      compared,
      ...{ startedAt: startedAt.toISOString(), endedAt: endedAt.toISOString(), seconds: (endedAt.getTime() - startedAt.getTime()) / 1000 },
      ...sizeOf(exported),
      tries,
    };
  } catch (error) {
    if (error instanceof TaplineError) return { failure: asFailure("tapline", error) };
    throw error;
  }
}

/** A stream without rows has no file, and nothing to import. */
export function filesOf(
  planned: readonly { stream: string; keys: readonly string[] }[],
  place: string,
  streams: ReturnType<typeof readExport>,
) {
  return streams.flatMap(({ stream, files }) => {
    const keys = planned.find((each) => each.stream === stream)?.keys ?? [];
    return files.length === 0 ? [] : [{ stream, keys, paths: files.map(({ path }) => join(place, path)) }];
  });
}

/** Those that have files. */
export function withRows<S extends { stream: string }>(planned: readonly S[], streams: ReturnType<typeof readExport>): S[] {
  return planned.filter(({ stream }) => streams.some((each) => each.stream === stream && each.files.length > 0));
}
