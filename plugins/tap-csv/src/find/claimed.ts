/** The files of a run that takes them from an inbox and puts them away: all that could be read, and those that were claimed for it. */
import { stat } from "node:fs/promises";
import type { ClaimedFile, Log, SourceFile } from "@tapline/sdk";
import { type Config, type FileSettings, filesOf } from "../config.ts";
import { errors } from "../errors.ts";
import { type FoundStream, findStreams } from "./find.ts";

/** For `--files`. Pipes are left out. @throws the errors of `filesOf` and `findStreams`, detect_deletes_unusable, claims_unusable */
export async function sourceFiles(config: Config, log: Log): Promise<SourceFile[]> {
  const streams = new Map<string, Set<string>>();
  const unknown: string[] = [];
  const all = await findStreams(await filesOf(config), config, { log, mayBeMissing: true, onUnknown: ({ path }) => unknown.push(path) });
  for (const found of all) {
    checkClaimable(found);
    for (const { path } of found.inputs) streams.set(path, (streams.get(path) ?? new Set()).add(found.settings.entity));
  }
  // A member of an archive may match a stream where another does not.
  for (const path of unknown) if (!streams.has(path)) streams.set(path, new Set());
  const files = await Promise.all([...streams].map(async ([path, names]) => ({ path, streams: [...names], isFile: await isFile(path) })));
  return files.filter((each) => each.isFile).map(({ path, streams }) => ({ path, streams }));
}

/** The streams with the files that were claimed. A pipe can't be claimed, so it is read in any case. @throws as `sourceFiles` */
export async function findClaimed(
  all: readonly FileSettings[],
  config: Config,
  claimed: readonly ClaimedFile[],
  log: Log,
): Promise<FoundStream[]> {
  const paths = new Set(claimed.map(({ path }) => path));
  // Files that match no stream are in the answer to --files.
  const takes = async ({ path }: { path: string }): Promise<boolean> => paths.has(path) || !(await isFile(path));
  const found = await findStreams(all, config, { log, mayBeMissing: true, takes, onUnknown: () => {} });
  for (const stream of found) checkClaimable(stream);
  return found;
}

/** With `detect_deletes` all files of the stream are one export. Each run would delete the rows of files that were put away before. */
function checkClaimable({ settings, inputs }: FoundStream): void {
  const { entity: stream, path = [], detect_deletes: detectDeletes, replication_method: method } = settings;
  if (method === "FULL_TABLE")
    throw errors.claims_unusable({ problem: "with the replication method FULL_TABLE every run reads all files again" }, { stream });
  if (detectDeletes && ([path].flat().length !== 1 || inputs.some(({ isNamed }) => isNamed !== true)))
    throw errors.detect_deletes_unusable(
      { problem: "files are put away after their load, so only a stream of one file, which path names, has all its rows in a run" },
      { stream },
    );
}

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
