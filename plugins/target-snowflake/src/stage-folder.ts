/** The folder of one load in the user's stage, and the files in it. Files of loads that ended by a kill are removed by the next load. */
import { createHash, randomBytes } from "node:crypto";
import { listFiles, putFile, removeFiles, stageRoot } from "./dialect/stage.ts";
import { errors } from "./errors.ts";
import type { Session } from "./session.ts";

export interface StageFolder {
  /** A new folder for one COPY, with "/" at its end. */
  next(): string;
  /** Sends the file. @throws snowflake_upload_failed, also where Snowflake tells a failure of the file alone */
  put(path: string, folder: string, bytes: number): Promise<void>;
  remove(folder: string): Promise<void>;
  /** Removes the files of this load that were not loaded. */
  clear(): Promise<void>;
}

/** Files of other loads are left alone for a day: they may be running. */
const keptMs = 24 * 60 * 60 * 1000;

/** `stateId`: earlier loads under it can't commit once this one has begun. */
export function stageFolder(session: Session, stateId: string | undefined, now = () => Date.now()): StageFolder {
  const group = stateId === undefined ? "none" : createHash("sha256").update(stateId).digest("hex").slice(0, 16);
  const own = `${stageRoot}${group}/${randomBytes(8).toString("hex")}/`;
  let count = 0;
  let swept: Promise<void> | undefined;
  const waiting = new Set<string>();
  const sweep = async (): Promise<void> => {
    const { columns, rows } = await session.execute(listFiles);
    const folders = new Set<string>();
    for (const row of rows) {
      const path = String(row[columns.indexOf("name")]);
      const [, found = "", attempt = ""] = /^(?:.*\/)?tapline\/([^/]+)\/([^/]+)\/[^/]+\/[^/]+$/.exec(path) ?? [];
      if (found === "" || `${stageRoot}${found}/${attempt}/` === own) continue;
      const age = now() - Date.parse(String(row[columns.indexOf("last_modified")]));
      if ((stateId !== undefined && found === group) || age > keptMs) folders.add(`${stageRoot}${found}/${attempt}/`);
    }
    for (const folder of folders) await session.execute(removeFiles(folder));
  };
  return {
    next: () => `${own}${++count}/`,
    async put(path, folder, bytes) {
      // Not before: only once the ledger is taken can no other load commit.
      swept ??= sweep();
      await swept;
      waiting.add(folder);
      const { columns, rows } = await session.executeBeside(putFile(path, folder));
      session.spent.bytesStaged += bytes;
      // The client does not throw where one file fails.
      for (const row of rows) {
        const of = (name: string): string => String(row[columns.indexOf(name)] ?? "");
        if (of("status") !== "UPLOADED") throw errors.snowflake_upload_failed({ status: of("status"), reason: of("message") || path });
      }
      if (rows.length === 0) throw errors.snowflake_upload_failed({ status: "no answer", reason: path });
    },
    async remove(folder) {
      await session.execute(removeFiles(folder));
      waiting.delete(folder);
    },
    async clear() {
      if (waiting.size > 0) await session.execute(removeFiles(own));
    },
  };
}
