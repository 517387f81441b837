/** Makes the project of `tapline load` from what a person typed. It is in memory: nothing of it is written. */

import { errors } from "../errors.ts";
import type { Failure } from "../model/failure.ts";
import type { Project } from "../model/project.ts";
import type { BriefProject } from "./brief-project.ts";
import { proposeSource, type SourceRequest } from "./propose-source.ts";
import { checkKeys, configOf, type ProposedStream } from "./propose-streams.ts";
import { configureTarget } from "./target-of-address.ts";

export interface LoadRequest extends SourceRequest {
  /** The database: a URL or a file. */
  address: string;
  /** The target that a person chose. */
  target?: string | undefined;
  keys: readonly string[];
  /** Read the files from their start. */
  readAgain: boolean;
}

export interface ProposedLoad {
  project: Project;
  tap: string;
  target: string;
  streams: ProposedStream[];
  /** Whether the tap keeps the bookmarks of files that this load does not name, although it reads its files again. */
  keepsOthers: boolean;
  /** Files of the folders that are not read. */
  left: string[];
}

/** @throws what `proposeSource` throws, keys_unknown */
export async function proposeLoad(brief: BriefProject, base: Project, request: LoadRequest): Promise<ProposedLoad | { failure: Failure }> {
  const { target, config } = await configureTarget(base, request);
  const source = await proposeSource(brief, base, request);
  if ("failure" in source) return source;
  const { tap, opening, streams, left } = source;
  if (request.keys.length > 0 && (source.config !== undefined || opening.keys === undefined)) throw errors.keys_unsettable({ tap });
  for (const stream of streams) checkKeys(stream, request.keys);
  const chosen = streams.map(({ name, files }) => ({ name, files, keys: request.keys, readAgain: request.readAgain }));
  const keepsOthers = request.readAgain && source.config === undefined && opening.read_again !== undefined;
  const tapConfig = source.config ?? configOf(opening, chosen);
  const project = brief.with({ [tap]: { config: tapConfig }, [target]: { config } });
  return { project, tap, target, streams, left, keepsOthers };
}
