/** Which view a path shows, and the paths of views. Pure. Names of jobs, streams and states may hold any character. */

export type ViewName =
  | "pipelines"
  | "pipeline"
  | "runs"
  | "run"
  | "log"
  | "streams"
  | "stream"
  | "states"
  | "state"
  | "backfills"
  | "checks"
  | "files"
  | "rejects"
  | "notices"
  | "lineage"
  | "missing";

export interface Route {
  view: ViewName;
  /** The words of the path that name what is shown, decoded. */
  names: readonly string[];
}

/** A star stands for one name. */
const patterns: readonly (readonly [string, ViewName])[] = [
  ["/", "pipelines"],
  ["/jobs/*", "pipeline"],
  ["/jobs/*/streams/*", "stream"],
  ["/runs", "runs"],
  ["/runs/*", "run"],
  ["/runs/*/log", "log"],
  ["/streams", "streams"],
  ["/states", "states"],
  ["/states/*", "state"],
  ["/backfills", "backfills"],
  ["/checks", "checks"],
  ["/files", "files"],
  ["/rejects", "rejects"],
  ["/notices", "notices"],
  ["/lineage", "lineage"],
];

export function routeOf(path: string): Route {
  const words = wordsOf(path);
  for (const [pattern, view] of patterns) {
    const expected = wordsOf(pattern);
    if (expected.length !== words.length || !expected.every((word, index) => word === "*" || word === words[index])) continue;
    const names = words.filter((_, index) => expected[index] === "*").map(decode);
    if (!names.includes(undefined)) return { view, names: names as string[] };
  }
  return { view: "missing", names: [] };
}

export const jobPath = (job: string): string => `/jobs/${encode(job)}`;
export const streamPath = (job: string, stream: string): string => `${jobPath(job)}/streams/${encode(stream)}`;
export const runPath = (runId: string): string => `/runs/${encode(runId)}`;
export const logPath = (runId: string): string => `${runPath(runId)}/log`;
export const statePath = (stateId: string): string => `/states/${encode(stateId)}`;

const wordsOf = (path: string): string[] => path.split("/").filter((word) => word !== "");

/** Also dots, for a server takes a path with a dot for a file, and "." and ".." would be lost. */
const encode = (name: string): string => encodeURIComponent(name).replaceAll(".", "%2E");

function decode(word: string): string | undefined {
  try {
    return decodeURIComponent(word);
  } catch {
    return undefined;
  }
}
