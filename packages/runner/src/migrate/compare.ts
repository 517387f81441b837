/** Compares the tables of a migration on two sides, as `tapline verify` does. */
import { capabilities, hasCapability } from "@tapline/protocol";
import type { Failure } from "../model/failure.ts";
import type { Project } from "../model/project.ts";
import type { TableReport } from "../model/verify-report.ts";
import { reportedAbout } from "../plugins/prepare.ts";
import { entryOf } from "../project/plugin-entry.ts";
import { SideFailed } from "../verify/ask-digest.ts";
import { verify } from "../verify/verify.ts";
import type { Compared, ComparedStream, MigratedStream } from "./migration.ts";
import type { PipeOptions } from "./run-pipe.ts";

export interface ComparedSide {
  plugin: string;
  /** Its name there. */
  tableOf(stream: MigratedStream): string;
  /** A condition: rows that do not meet it are not there. */
  where?: string;
}

/** Whether the plugin tells what its tables hold. */
export async function hasDigest(
  project: Project,
  plugin: string,
  options: Pick<PipeOptions, "environment" | "binFolders">,
): Promise<boolean> {
  return hasCapability(await reportedAbout(project, plugin, options), capabilities.digest);
}

/** A target as a side: rows that it marked as deleted, where it does not remove them, are not there. */
export function targetSide({ parsed }: Project, target: string, environment: string): ComparedSide {
  const {
    hard_delete: removes,
    add_record_metadata: marks,
    identifier_case: identifiers,
  } = entryOf(parsed, target, environment).entry.config ?? {};
  const column = identifiers === "exact" ? '"_sdc_deleted_at"' : "_sdc_deleted_at";
  return { plugin: target, tableOf: inDatabase, ...(removes === true || marks === false ? {} : { where: `${column} IS NULL` }) };
}

/** `recheckSeconds`: the sides may move, so rows that differ are read again after so long. */
export interface CompareOptions extends PipeOptions {
  recheckSeconds?: number;
}

/** Tables of a database are found by the name that the source has for them: targets load the stream a-b into table b of schema a. */
export const inDatabase = ({ table }: MigratedStream): string => table;
/** Streams of files are tables by their own name. */
export const inFiles = ({ stream }: MigratedStream): string => stream;

export const notCompared = (why: string): Compared => ({ equal: null, summary: why, streams: [] });

/** @throws digest_missing, and what `preparePlugin` throws */
export async function compareSides(
  project: Project,
  { left, right }: { left: ComparedSide; right: ComparedSide },
  streams: readonly MigratedStream[],
  options: CompareOptions,
): Promise<Compared | { failure: Failure }> {
  const { environment, binFolders, stop, recheckSeconds } = options;
  const place = ({ plugin, tableOf }: ComparedSide, stream: MigratedStream) => ({ name: tableOf(stream), plugin, environment });
  const pairs = streams.map((stream) => ({
    here: place(left, stream),
    there: place(right, stream),
    comparison: {
      ...(stream.keys.length > 0 && { key: stream.keys }),
      ...(right.where !== undefined && { where: { there: right.where } }),
    },
  }));
  try {
    const report = await verify({
      project,
      pairs,
      binFolders,
      stop: stop.asked,
      recheckSeconds,
      onEvent: options.onPluginEvent(right.plugin),
    });
    return comparedOf(report.tables, streams);
  } catch (error) {
    if (error instanceof SideFailed) return { failure: error.failure };
    throw error;
  }
}

function comparedOf(tables: readonly TableReport[], streams: readonly MigratedStream[]): Compared | { failure: Failure } {
  const failed = tables.find(({ failure }) => failure !== undefined)?.failure;
  if (failed !== undefined) return { failure: { ...failed, hint: failed.hint ?? "", class: "data", recovery: "fatal", position: {} } };
  const compared = tables.map((table, index) => streamOf(streams[index]?.stream ?? table.name, table));
  const wrong = compared.filter(
    ({ onlyLeft, onlyRight, differing, findings }) => onlyLeft + onlyRight + differing > 0 || findings.length > 0,
  );
  const rows = compared.reduce((sum, { left }) => sum + left, 0);
  const summary =
    wrong.length === 0
      ? `${rows} rows of ${compared.length} tables are equal in every column`
      : wrong
          .map(({ stream, onlyLeft, onlyRight, differing, findings }) =>
            [
              `${stream}: ${onlyLeft} rows only on the first side, ${onlyRight} only on the second, ${differing} with other values`,
              ...findings,
            ].join(", "),
          )
          .join("; ");
  return { equal: tables.every(({ verdict }) => verdict === "equal"), summary, streams: compared };
}

function streamOf(stream: string, table: TableReport): ComparedStream {
  const columns = Object.fromEntries(table.columns.flatMap(({ here, differing }) => (differing > 0 ? [[here, differing]] : [])));
  return {
    stream,
    ...{ left: table.rows.here, right: table.rows.there },
    ...{ onlyLeft: table.only_here, onlyRight: table.only_there, differing: table.differing, columns },
    findings: table.findings.flatMap(({ level, message }) => (level === "difference" ? [message] : [])),
    examples: table.examples.slice(0, 5).map(({ what, key, columns: differing }) => ({ what, key, columns: differing })),
  };
}
