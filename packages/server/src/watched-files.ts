/** What a sensor sees: which files are there, which of them are complete, and which of those are new since it last started its job. */
import { statSync } from "node:fs";
import { join, relative } from "node:path";
import { whyGrowing } from "@tapline/runner";
import { findFiles } from "@tapline/sdk";
import type { SensorPlan } from "./plan.ts";

/** A file's size, time and inode as text: another one is another file. */
export type Look = string;

/** What is kept about a sensor between looks. Paths are relative to the project. */
export interface SensorMemory {
  /** The last look at each file. */
  looks: Record<string, Look>;
  /** The files that the job was started for. */
  seen: Record<string, Look>;
  /** The tick that was decided on and may not have been claimed yet. */
  pending: { dueAt: string; files: string[] } | null;
  /** When the job's taps were last asked about files that were seen and are still there. ISO 8601, in UTC. */
  asked?: string;
}

export const noMemory: SensorMemory = { looks: {}, seen: {}, pending: null };

export interface WatchedFile {
  path: string;
  look: Look;
  /** When it was last written or renamed. */
  modifiedMs: number;
  bytes: number;
}

/** Sorted by path. A file that goes away meanwhile is left out. */
export async function watchedFiles(folder: string, { patterns }: SensorPlan): Promise<WatchedFile[]> {
  const found = new Set<string>();
  for (const pattern of patterns)
    for (const path of await findFiles(join(folder, pattern), {
      position: {},
      mayBeEmpty: true,
      takes: isVisible,
      emptyFolder: neverThrown,
    }))
      found.add(path);
  return [...found].sort().flatMap((path) => {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined || !stat.isFile()) return [];
    return [
      {
        path: relative(folder, path),
        look: `${stat.size} ${stat.mtimeMs} ${stat.ino}`,
        modifiedMs: Math.max(stat.mtimeMs, stat.ctimeMs),
        bytes: stat.size,
      },
    ];
  });
}

const isVisible = (name: string): boolean => !name.startsWith(".");

function neverThrown(path: string): never {
  throw new Error(`${path} has no files`);
}

export type FileState =
  /** The job was started for it. */
  | { kind: "seen" }
  /** It may still be written to. */
  | { kind: "settling"; reason: string }
  | { kind: "ready" };

/** Pure. */
export function stateOf(file: WatchedFile, { looks, seen }: SensorMemory, { minAgeMs, now }: { minAgeMs: number; now: Date }): FileState {
  if (seen[file.path] === file.look) return { kind: "seen" };
  const before = looks[file.path];
  const facts = { size: file.bytes, ageMs: now.getTime() - file.modifiedMs };
  const reason = whyGrowing(facts, minAgeMs, before === undefined ? undefined : before === file.look);
  if (reason !== undefined) return { kind: "settling", reason };
  return before === undefined ? { kind: "settling", reason: "the next look must find it unchanged" } : { kind: "ready" };
}

/** The memory after this look. Where files are ready, a tick is pending; files that are gone are forgotten. Pure. */
export function afterLook(
  memory: SensorMemory,
  files: readonly WatchedFile[],
  { minAgeMs, now }: { minAgeMs: number; now: Date },
): SensorMemory {
  const looks = Object.fromEntries(files.map(({ path, look }) => [path, look]));
  const there = Object.fromEntries(Object.entries(memory.seen).filter(([path]) => path in looks));
  const ready = memory.pending === null ? files.filter((file) => stateOf(file, memory, { minAgeMs, now }).kind === "ready") : [];
  if (ready.length === 0) return { ...memory, looks, seen: there };
  return {
    looks,
    seen: { ...there, ...Object.fromEntries(ready.map(({ path, look }) => [path, look])) },
    pending: { dueAt: now.toISOString(), files: ready.map(({ path }) => path) },
  };
}
