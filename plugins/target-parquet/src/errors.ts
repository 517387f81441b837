/** The errors of writing Parquet files and their manifest. */
import { defineErrors, type ErrorEntry } from "@tapline/sdk";

export const targetParquetErrorCatalogue = {
  folder_unusable: {
    class: "config",
    message: (p: { path: string; reason: string }) => `The folder ${p.path} can't be used: ${p.reason}`,
    hint: "Set destination_path to a folder that exists or can be created, and that this user may write to.",
  },
  write_failed: {
    class: "connection",
    message: (p: { path: string; reason: string }) => `Writing ${p.path} failed: ${p.reason}`,
    hint: "Nothing after the last STATE was kept. Free disk space or fix the permissions, then run again.",
  },
  destination_busy: {
    class: "config",
    message: (p: { path: string; pid: number }) => `The folder ${p.path} is being written by process ${p.pid}`,
    hint: "Wait until it ends, or give each target its own destination_path.",
  },
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
  partition_column_missing: {
    class: "config",
    message: (p: { column: string; partition: string }) =>
      `partition_by has ${JSON.stringify(p.partition)}, and the stream has no column ${JSON.stringify(p.column)}`,
    hint: 'Correct the name, or set partition_by for each stream: {"orders": ["country"]}.',
  },
  partition_needs_sequence: {
    class: "config",
    message: () => "A stream with keys is partitioned, and add_record_metadata is false",
    hint: "Set add_record_metadata to true: its _sdc_sequence tells which row of a key is newer. Or set load_method to append-only.",
  },
  s3_location_invalid: {
    class: "config",
    message: (p: { location: string }) => `${JSON.stringify(p.location)} names no place in S3`,
    hint: 'Write destination_path as "s3://bucket/prefix": a bucket of 3 to 63 small letters, digits, dots and hyphens, and a prefix without empty parts, "." and "..".',
  },
  s3_bucket_missing: {
    class: "config",
    message: (p: { bucket: string; service: string }) => `There is no bucket ${p.bucket} at ${p.service}`,
    hint: "Create the bucket, or correct destination_path. For a service other than AWS, set endpoint.",
  },
  s3_credentials_missing: {
    class: "config",
    message: (p: { location: string; reason: string }) => `${p.location} can't be used, because no credentials were found: ${p.reason}`,
    hint: "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or give this computer a role.",
  },
  s3_refused: {
    class: "config",
    message: (p: { location: string; operation: string; reason: string }) =>
      `${p.location} can't be used: the service refused ${p.operation} (${p.reason})`,
    hint: "Check the credentials. They need s3:ListBucket, ListBucketMultipartUploads, GetObject, PutObject, DeleteObject and AbortMultipartUpload there.",
  },
  s3_region_wrong: {
    class: "config",
    message: (p: { location: string; reason: string }) => `${p.location} can't be used: ${p.reason}`,
    hint: "Set AWS_REGION to the bucket's region.",
  },
  s3_unreachable: {
    class: "connection",
    message: (p: { service: string; reason: string }) => `${p.service} can't be reached: ${p.reason}`,
    hint: "Nothing after the last STATE was kept. Check endpoint and the network, then run again.",
  },
  s3_failed: {
    class: "connection",
    message: (p: { location: string; operation: string; reason: string }) => `${p.location}: ${p.operation} failed: ${p.reason}`,
    hint: "Nothing after the last STATE was kept. Run again; if it stays so, ask whoever runs the service.",
  },
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
