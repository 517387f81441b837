/** The database file while it is read: it must stay as it was when it was opened, and a later run must recognize it. */
import { stat } from "node:fs/promises";
import { checkUnchanged, type FileStat, type ReadContext, statFile } from "@tapline/sdk";

export interface SourceFile {
  /** Equal as long as the file and its write-ahead log are the same. */
  readonly print: string;
  /** DuckDB's lock does not keep a program from copying another file over this one. @throws file_changed */
  expectUnchanged(context: Pick<ReadContext, "log">): Promise<void>;
}

/** Call it before the file is opened. @throws file_missing, file_forbidden, file_unreadable */
export async function watchSource(path: string): Promise<SourceFile> {
  const before = (await statFile(path, { file: path })) as FileStat;
  const log = await stat(`${path}.wal`, { bigint: true }).catch(() => undefined);
  const parts = [before.inode, before.size, before.mtimeNs, ...(log === undefined ? [] : [log.size, log.mtimeNs])];
  let isTold = false;
  return {
    print: parts.join(":"),
    async expectUnchanged({ log: tell }) {
      await checkUnchanged(path, before, { file: path });
      if (isTold) return;
      const now = await stat(path, { bigint: true }).catch(() => undefined);
      if (now !== undefined && `${now.dev}:${now.ino}` === before.inode) return;
      isTold = true;
      tell("warning", `${path} was ${now === undefined ? "deleted" : "replaced"} while it was read: this run reads the file as it was`);
    },
  };
}
