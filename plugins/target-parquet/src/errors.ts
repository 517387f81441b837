/** The errors of writing Parquet files and their manifest. */

import { s3ErrorCatalogue } from "@tapline/s3";
import { defineErrors, type ErrorEntry, folderErrorEntries } from "@tapline/sdk";
import { partitionErrorEntries } from "./stream/partition-errors.ts";

export const targetParquetErrorCatalogue = {
  ...folderErrorEntries,
  writer_replaced: {
    class: "config",
    message: (p: { path: string; other: string }) =>
      `Another load has taken over ${p.path} (${p.other}), so nothing since the last commit was kept`,
    hint: "Two loads can't write one destination_path side by side. Wait for the other one to end, then run again; nothing is lost.",
  },
  run_superseded: {
    class: "config",
    message: (p: { stateId: string; runId: string; path: string }) =>
      `Another run has taken over ${p.stateId}: the manifest in ${p.path} no longer names run ${p.runId}, so nothing since its last commit was kept`,
    hint: "Two runs of one state id can't load side by side. Wait for the other one to end, then run again; nothing is lost.",
  },
  manifest_missing: {
    class: "config",
    message: (p: { path: string; files: number }) =>
      `${p.path} has ${p.files} Parquet files of this target but no manifest that says which of them count`,
    hint: "Put _tapline_manifest.json back from a backup. To begin anew, move the files away or choose another destination_path.",
  },
  manifest_invalid: {
    class: "config",
    message: (p: { path: string; reason: string }) => `${p.path} can't be read: ${p.reason}`,
    hint: "Put it back from a backup, use the version of this target that wrote it, or choose another destination_path.",
  },
  file_changed: {
    class: "config",
    message: (p: { path: string; problem: string }) => `${p.path} ${p.problem}`,
    hint: "Nothing was changed. Put the file back from a backup, or load its stream again: `--full-refresh --replace`.",
  },
  folder_collision: {
    class: "config",
    message: (p: { folder: string; other: string; stream: string }) =>
      `The streams ${JSON.stringify(p.other)} and ${JSON.stringify(p.stream)} would share the folder ${p.folder}`,
    hint: "Load them in two runs, each with its own destination_path.",
  },
  type_conflict: {
    class: "config",
    message: (p: { existing: string; wanted: string }) =>
      `The files have this column as ${p.existing}, and the stream now sends ${p.wanted}: no type holds both`,
    hint: "Load the stream into another destination_path, or replace its files: `--full-refresh --replace`.",
  },
  ...partitionErrorEntries,
  ...s3ErrorCatalogue,
  temporary_folder_unusable: {
    class: "connection",
    message: (p: { path: string; reason: string }) => `No folder for files on their way to S3 can be made in ${p.path}: ${p.reason}`,
    hint: "Free disk space or fix the permissions, or set the environment variable TMPDIR to another folder.",
  },
  compression_missing: {
    class: "config",
    message: (p: { version: string }) => `Node.js ${p.version} has no zstd`,
    hint: "Use Node.js 22.15 or later, or set compression to gzip.",
  },
  stream_not_loaded: {
    class: "config",
    message: (p: { path: string; stream: string; known: readonly string[] }) =>
      `The stream ${JSON.stringify(p.stream)} is not in the manifest of ${p.path}, which lists ${p.known.length === 0 ? "none" : p.known.slice(0, 20).join(", ")}`,
    hint: "Name a stream that was loaded, or run the tap into this target first.",
  },
  rewrite_failed: {
    class: "connection",
    message: (p: { reason: string }) => `Files could not be read or written again: ${p.reason}`,
    hint: "Nothing after the last STATE was kept. Free disk space where the disk is full, raise memory_limit where memory was short, then run again.",
  },
  rows_lost: {
    class: "bug",
    message: (p: { path: string; expected: number; found: number }) => `${p.path} should hold ${p.expected} rows and holds ${p.found}`,
    hint: "Nothing since the last commit was kept. Please report it.",
  },
} as const satisfies Record<string, ErrorEntry>;

export const errors = defineErrors(targetParquetErrorCatalogue);
