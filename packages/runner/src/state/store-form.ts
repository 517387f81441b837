/**
 * Creates and upgrades the tables of `.tapline/tapline.db`. A new file gets all forms in order, an older one those it lacks. So there is
 * one path to the present form, and every new project tests it.
 */
import type { DatabaseSync } from "node:sqlite";
import { errors } from "../errors.ts";

/** Only ever appended to. */
const forms: readonly string[] = [
  `CREATE TABLE state (state_id TEXT PRIMARY KEY, value TEXT NOT NULL, updated_at TEXT NOT NULL, run_id TEXT NOT NULL) STRICT;
  CREATE TABLE runs (
    run_id TEXT PRIMARY KEY, state_id TEXT NOT NULL, kind TEXT NOT NULL, status TEXT NOT NULL,
    started_at TEXT NOT NULL, ended_at TEXT, runner TEXT NOT NULL, children TEXT NOT NULL,
    counts TEXT, error TEXT, state_before TEXT, state_after TEXT
  ) STRICT;
  CREATE INDEX runs_by_state ON runs (state_id, started_at);
  CREATE INDEX runs_open ON runs (state_id) WHERE status = 'running';`,
  // A run is settled once the state it starts from is decided and kept. A run that died before that changed nothing.
  `CREATE TABLE store (id TEXT NOT NULL) STRICT;
  INSERT INTO store VALUES (lower(hex(randomblob(16))));
  ALTER TABLE runs ADD COLUMN settled INTEGER NOT NULL DEFAULT 1;`,
  // What `tapline run` did, command by command and step by step; `runs` above is what the rules of delivery need.
  `CREATE TABLE history_runs (run_id TEXT PRIMARY KEY, name TEXT NOT NULL, started_at TEXT NOT NULL, record TEXT NOT NULL) STRICT;
  CREATE INDEX history_runs_by_start ON history_runs (started_at);
  CREATE TABLE history_steps (run_id TEXT NOT NULL, step INTEGER NOT NULL, record TEXT NOT NULL, PRIMARY KEY (run_id, step)) STRICT;`,
  // Until when a run counts as alive for other machines. Counts and errors are kept in the history.
  `ALTER TABLE runs ADD COLUMN lease_until TEXT;
  ALTER TABLE runs DROP COLUMN counts;
  ALTER TABLE runs DROP COLUMN error;`,
  // The runs of the last commits, by entry of the target's ledger. Of runs before this form they are unknown.
  `ALTER TABLE runs ADD COLUMN last_commits TEXT NOT NULL DEFAULT '{}';`,
  // Ticks of schedules, claims of files, notices: see facts.ts.
  `CREATE TABLE facts (
    kind TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, changed_at TEXT NOT NULL, PRIMARY KEY (kind, key)
  ) STRICT, WITHOUT ROWID;`,
  // What runs are looked for by is in columns. One index has all of them, so that a search reads no record that does not fit.
  `ALTER TABLE history_runs RENAME TO history_runs_before;
  CREATE TABLE history_runs (
    run_id TEXT PRIMARY KEY, started_at TEXT NOT NULL, ended_at TEXT, name TEXT NOT NULL, status TEXT NOT NULL, environment TEXT NOT NULL,
    trigger_kind TEXT NOT NULL, tags TEXT NOT NULL, event_bytes INTEGER, record TEXT NOT NULL
  ) STRICT;
  INSERT INTO history_runs SELECT
    run_id, started_at, record ->> '$.endedAt', name, record ->> '$.status', record ->> '$.environment',
    CASE WHEN json_type(record, '$.trigger') = 'object' THEN record ->> '$.trigger.kind'
      WHEN record ->> '$.trigger' LIKE 'retry of %' THEN 'retry' ELSE 'command' END,
    record -> '$.tags', CASE record ->> '$.status' WHEN 'running' THEN NULL ELSE 0 END, record
  FROM history_runs_before ORDER BY rowid;
  DROP TABLE history_runs_before;
  CREATE INDEX history_runs_by_start ON history_runs (started_at, run_id, name, status, environment, trigger_kind, tags);
  CREATE INDEX history_runs_with_events ON history_runs (started_at, event_bytes) WHERE event_bytes > 0;
  CREATE INDEX history_runs_open ON history_runs (started_at) WHERE event_bytes IS NULL;
  CREATE TABLE history_forgotten (until TEXT NOT NULL) STRICT;`,
];

/** @throws store_too_new */
export function upgradeTables(database: DatabaseSync, path: string): void {
  const { user_version: version } = database.prepare("PRAGMA user_version").get() as { user_version: number };
  if (version > forms.length) throw errors.store_too_new({ path, version });
  if (version === forms.length) return;
  for (const form of forms.slice(version)) database.exec(form);
  database.exec(`PRAGMA user_version = ${forms.length}`);
}
