/** The files that a tap would read now, and why each is or is not to be loaded: what the tap says, and what their looks say. */
import { resolve, sep } from "node:path";
import { type PluginEvent, type Redact, readSourceFiles } from "@tapline/protocol";
import { pathIn, readPattern } from "../catalog/pattern.ts";
import { errors } from "../errors.ts";
import { asFailure, type Failure } from "../model/failure.ts";
import { archiveOf, type FilesSettings } from "../model/files-schema.ts";
import type { Project } from "../model/project.ts";
import type { ReadyPlugin } from "../model/step.ts";
import { askPlugin } from "../process/ask-plugin.ts";
import { type Look, lookAt, whyUnsettled } from "./settled.ts";

export interface SurveyOptions {
  project: Project;
  tap: ReadyPlugin;
  redact: Redact;
  settings: FilesSettings;
  /** Patterns of the command line, which narrow what the project selects. */
  filter?: readonly string[] | undefined;
  stop?: Promise<NodeJS.Signals> | undefined;
  onEvent(event: PluginEvent): void;
}

export interface SurveyedFile {
  path: string;
  /** The streams that it has rows of. */
  streams: string[];
  /** Those of them that are read. */
  read: string[];
  look: Look;
  /** Why it is no file of this run, however it looks. */
  outside: string | undefined;
  /** Why it is not to be loaded yet, by one look. */
  why: string | undefined;
}

/** Files in the archive are none. @throws select_invalid, plugin_not_started, store_unusable */
export async function surveyFiles(options: SurveyOptions): Promise<{ files: SurveyedFile[] } | { failure: Failure }> {
  const { project, tap, redact, settings, filter = [], stop, onEvent } = options;
  const answer = await askPlugin({ project, ready: tap, redact, flag: "--files", stop, onEvent });
  if ("failure" in answer) return answer;
  const listed = readSourceFiles(answer.output);
  if (listed === undefined)
    return { failure: asFailure(tap.plugin.name, errors.files_unreadable({ start: redact(answer.output.slice(0, 80)) })) };
  const archive = `${resolve(project.folder, archiveOf(settings))}${sep}`;
  const inbox = listed.filter(({ path }) => !resolve(project.folder, path).startsWith(archive));
  const files = inbox.flatMap(({ path, streams }): SurveyedFile[] => {
    const look = lookAt(resolve(project.folder, path), settings);
    if (look === undefined) return [];
    const read = streams.filter((stream) => isRead(stream, tap.plugin.entry.select ?? []) && isRead(stream, filter));
    return [{ path, streams, read, look, outside: whyOutside(streams, read, filter), why: whyUnsettled(look, settings) }];
  });
  return { files };
}

/** Whether the patterns select at least a part of the stream. @throws select_invalid */
export function isRead(stream: string, patterns: readonly string[]): boolean {
  const found = patterns.map(readPattern).map(({ body, excludes }) => ({
    excludes,
    path: pathIn(body, { tap_stream_id: stream, stream }),
  }));
  if (found.some(({ excludes, path }) => excludes && (path?.length === 0 || (path?.length === 1 && path[0] === "*")))) return false;
  return !found.some(({ excludes }) => !excludes) || found.some(({ excludes, path }) => !excludes && path !== undefined);
}

function whyOutside(streams: readonly string[], read: readonly string[], filter: readonly string[]): string | undefined {
  if (streams.length === 0) return "it matches no stream";
  if (read.length === 0) return `its ${streams.length === 1 ? `stream ${streams[0]} is` : "streams are"} not selected`;
  // The file is moved after this run, so a stream that is only left out this time would never be read.
  const left = streams.filter((stream) => !read.includes(stream));
  return filter.length > 0 && left.length > 0 ? `it also has rows of ${left.join(", ")}, which this run does not read` : undefined;
}
