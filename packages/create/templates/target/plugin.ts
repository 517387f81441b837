#!/usr/bin/env node
/** Writes each row as a JSON document into a SQLite database. For another place, change the statements: what they promise is what any place must. */
import { DatabaseSync } from "node:sqlite";
import { defineTarget, encodeRecord, type Row, runTarget, type Sink, type StreamCounts, Type, type Writer } from "@tapline/sdk";

const tables = `
  PRAGMA journal_mode = WAL;
  CREATE TABLE IF NOT EXISTS streams (name TEXT PRIMARY KEY);
  CREATE TABLE IF NOT EXISTS documents (id INTEGER PRIMARY KEY AUTOINCREMENT, stream TEXT NOT NULL, key TEXT, record TEXT NOT NULL, UNIQUE (stream, key));`;

function openSink(filepath: string): Sink {
  const database = new DatabaseSync(filepath);
  database.exec("PRAGMA busy_timeout = 10000");
  database.exec(tables);
  const addStream = database.prepare("INSERT OR IGNORE INTO streams VALUES (?)");
  const remove = database.prepare("DELETE FROM documents WHERE stream = ? AND key = ? RETURNING id");
  const insert = database.prepare("INSERT INTO documents (stream, key, record) VALUES (?, ?, ?)");
  const countRows = database.prepare("SELECT count(*) AS rows FROM documents WHERE stream = ?");
  const lastId = database.prepare("SELECT coalesce(max(seq), 0) AS id FROM sqlite_sequence WHERE name = 'documents'");
  const idOf = (found: unknown): number | undefined => (found as { id: number } | undefined)?.id;

  let isOpen = false;
  /** Documents with a larger id were written since the last commit. */
  let committed = idOf(lastId.get()) ?? 0;
  let counts = new Map<string, StreamCounts>();

  /** All that follows, of all streams, is one transaction. */
  function begin(): void {
    if (!isOpen) database.exec("BEGIN IMMEDIATE");
    isOpen = true;
  }

  /** With a key, the last row of each key is kept; without one, each row. */
  function store(stream: string, key: string | null, row: Row, count: StreamCounts): void {
    const replaced = key === null ? undefined : idOf(remove.get(stream, key));
    if (replaced === undefined) count.inserted++;
    else if (replaced > committed) count.superseded++;
    else count.updated++;
    insert.run(stream, key, encodeRecord(row));
  }

  return {
    async open(stream): Promise<Writer> {
      begin();
      addStream.run(stream.name);
      let { keys, loadMethod } = stream;
      return {
        async write(batch) {
          begin();
          const count = counts.get(stream.name) ?? { inserted: 0, updated: 0, superseded: 0 };
          counts.set(stream.name, count);
          const isUpsert = loadMethod === "upsert" && keys.length > 0;
          for (const { rows } of batch.rows())
            for (const row of rows) store(stream.name, isUpsert ? encodeRecord(row, keys) : null, row, count);
        },
        async alter(next) {
          ({ keys, loadMethod } = next);
        },
      };
    },
    async commit() {
      if (isOpen) database.exec("COMMIT");
      isOpen = false;
      committed = idOf(lastId.get()) ?? 0;
      const done = counts;
      counts = new Map();
      return { counts: done, recorded: false };
    },
    async rollback() {
      if (isOpen) database.exec("ROLLBACK");
      isOpen = false;
      counts = new Map();
    },
    destination: (stream) => ({ table: `documents of ${stream}`, database: filepath }),
    async countRows(stream) {
      return Number((countRows.get(stream) as { rows: number }).rows);
    },
    async [Symbol.asyncDispose]() {
      database.close();
    },
  };
}

await runTarget(
  defineTarget({
    name: "target-example",
    version: "0.1.0",
    description: "Writes each row as a JSON document into a SQLite database.",
    config: Type.Object({ filepath: Type.String({ description: "The database file; it is created when it is missing." }) }),
    singleWriter: { setting: "filepath" },
    loadMethods: ["upsert", "append-only"],
    open: async ({ filepath }) => openSink(filepath),
  }),
);
