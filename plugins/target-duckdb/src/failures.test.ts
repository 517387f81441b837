import { expect, test } from "vitest";
import { explainFailure } from "./failures.ts";

test.each([
  [
    'IO Error: Could not set lock on file "/d/w.duckdb": Conflicting lock is held in /usr/bin/python3.11 (PID 4711). See also https://duckdb.org/docs/stable/connect/concurrency',
    "database_locked",
    "The database /d/w.duckdb is locked by another process: /usr/bin/python3.11 (process 4711)",
  ],
  [
    'IO Error: Could not write file "/d/w.duckdb": No space left on device',
    "disk_full",
    'The disk is full: IO Error: Could not write file "/d/w.duckdb": No space left on device',
  ],
  ["ENOSPC: no space left on device, write", "disk_full", "The disk is full: ENOSPC: no space left on device, write"],
  [
    'TransactionContext Error: Failed to commit: Could not write file "/d/w.duckdb.wal": File too large',
    "file_limit_reached",
    'A file may not grow any further: TransactionContext Error: Failed to commit: Could not write file "/d/w.duckdb.wal": File too large',
  ],
  ["EFBIG: file too large, write", "file_limit_reached", "A file may not grow any further: EFBIG: file too large, write"],
  [
    "IO Error: Trying to read a database file with version number 99, but we can only read versions between 64 and 67.\nThe database file was created with a newer version.",
    "database_version",
    "The database /d/w.duckdb was written by a version of DuckDB that this plugin can't read: IO Error: Trying to read a database file with version number 99, but we can only read versions between 64 and 67. The database file was created with a newer version.",
  ],
  [
    "Out of Memory Error: could not allocate block of size 256.0 KiB (488.1 MiB/488.2 MiB used)\n\nPossible solutions:\n* Reducing the number of threads",
    "memory_limit_reached",
    "DuckDB ran into its memory limit: Out of Memory Error: could not allocate block of size 256.0 KiB (488.1 MiB/488.2 MiB used)",
  ],
  [
    "TransactionContext Error: Failed to commit: could not allocate block of size 256.0 KiB (488.2 MiB/488.2 MiB used)",
    "memory_limit_reached",
    "DuckDB ran into its memory limit: TransactionContext Error: Failed to commit: could not allocate block of size 256.0 KiB (488.2 MiB/488.2 MiB used)",
  ],
  [
    'Dependency Error: Cannot alter entry "t" because there are entries that depend on it.',
    "alter_refused",
    'DuckDB can\'t change a column of table : Dependency Error: Cannot alter entry "t" because there are entries that depend on it.',
  ],
  ["Catalog Error: no such thing\n\nLINE 1: INSERT INTO secret", "database_error", "DuckDB reports: Catalog Error: no such thing"],
])("%s", (text, code, message) => {
  expect(explainFailure(new Error(text), "/d/w.duckdb")).toMatchObject({ code, message });
});
