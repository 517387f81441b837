/** The contract that every target keeps. What it wrote is read as another program would read it. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { parseExact, type Row } from "@tapline/sdk";
import { describeReadme, describeTarget, ownCommand } from "@tapline/testing";

function read(stream: string, filepath: string): Row[] | null {
  if (!existsSync(filepath)) return null;
  const database = new DatabaseSync(filepath, { readOnly: true });
  try {
    if (database.prepare("SELECT name FROM sqlite_schema WHERE name = 'documents'").get() === undefined) return null;
    if (database.prepare("SELECT name FROM streams WHERE name = ?").get(stream) === undefined) return null;
    const found = database.prepare("SELECT record FROM documents WHERE stream = ? ORDER BY id").all(stream);
    return found.map(({ record }) => parseExact(String(record)) as Row);
  } finally {
    database.close();
  }
}

describeTarget({
  command: ownCommand(import.meta.url),
  config: (folder) => ({ filepath: join(folder, "kit.db") }),
  read: async (stream, folder) => read(stream, join(folder, "kit.db")),
  anyInteger: true,
});
describeReadme(import.meta.url);
