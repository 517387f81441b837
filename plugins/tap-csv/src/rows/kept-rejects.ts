/** The rows in the file of rejected rows: listed and discarded. */
import { createHash, randomBytes } from "node:crypto";
import { open, readFile, rename, rm, stat } from "node:fs/promises";
import type { KeptReject, ListedRejects, RejectSelection } from "@tapline/sdk";
import { errors } from "../errors.ts";

/** Without a path no rows are kept. */
export function keptRejects(path: string | undefined): ListedRejects {
  return {
    async list(selection, withRecords = false) {
      if (path === undefined) return [];
      const lines = linesOf(await readText(path));
      const kept = lines.flatMap((line) => keptReject(line, path, withRecords) ?? []);
      return kept.filter((reject) => isChosen(reject, selection)).sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
    },
    async discard(selection) {
      const discarded = new Map<string, number>();
      if (path === undefined) return discarded;
      const text = await readText(path);
      const rest = linesOf(text).filter((line) => {
        const reject = keptReject(line, path, false);
        if (reject === undefined || !isChosen(reject, selection)) return true;
        discarded.set(reject.stream, (discarded.get(reject.stream) ?? 0) + 1);
        return false;
      });
      if (discarded.size > 0) await replace(path, text, rest.map((line) => `${line}\n`).join(""));
      return discarded;
    },
  };
}

/** @throws rejects_unreadable */
async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return "";
    throw errors.rejects_unreadable({ path, reason: code ?? message }, {}, error);
  }
}

const linesOf = (text: string): string[] => text.split("\n").filter((line) => line !== "");

/** Readers find the old file or the new one. @throws rejects_unwritable, rejects_busy */
async function replace(path: string, before: string, text: string): Promise<void> {
  const next = `${path}.${randomBytes(6).toString("hex")}`;
  try {
    const file = await open(next, "wx");
    await file.writeFile(text);
    await file.sync();
    await file.close();
    if ((await stat(path)).size !== Buffer.byteLength(before)) throw errors.rejects_busy({ path });
    await rename(next, path);
  } catch (error) {
    await rm(next, { force: true });
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw errors.rejects_unwritable({ path, reason: (error as NodeJS.ErrnoException).code ?? "unknown" }, {}, error);
  }
}

/** undefined: the line is none of ours. Lines of earlier versions have no id; they get one from their text. */
function keptReject(line: string, path: string, withRecord: boolean): KeptReject | undefined {
  let found: Record<string, unknown>;
  try {
    found = JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
  const { id, stream, file, line: lineNumber, column, code, reason, raw, rejected_at } = found;
  if (typeof stream !== "string" || typeof file !== "string") return undefined;
  return {
    id: typeof id === "string" ? id : createHash("sha256").update(line).digest("hex").slice(0, 18),
    stream,
    position: { file, ...(typeof lineNumber === "number" && { line: lineNumber }), ...(typeof column === "string" && { column }) },
    code: String(code),
    reason: String(reason),
    run_id: null,
    rejected_at: typeof rejected_at === "string" ? rejected_at : null,
    kept_in: path,
    ...(withRecord && { record: String(raw) }),
  };
}

function isChosen({ id, stream }: KeptReject, { ids, streams }: RejectSelection): boolean {
  return (ids?.includes(id) ?? true) && (streams?.includes(stream) ?? true);
}
