/**
 * The file of rejected rows, as JSON lines, so that no row is lost. Rows are on disk when `flush` resolves: flush before sending a
 * STATE that covers them.
 */
import { isUtf8 } from "node:buffer";
import { type FileHandle, open, stat } from "node:fs/promises";
import { type Position, type RejectDetails, rejectId } from "@tapline/sdk";
import { errors } from "../errors.ts";
import type { RejectedRow } from "./tokenizer.ts";

export class RejectsFile {
  /** Rows added. */
  count = 0;
  readonly #path: string | undefined;
  #lines: string[] = [];
  #file: FileHandle | undefined;

  /** Without a path, rows are only counted. */
  constructor(path: string | undefined) {
    this.#path = path;
  }

  /** What a person needs to find this row. */
  details(file: string, { error, line }: RejectedRow): RejectDetails {
    const kept = this.#path === undefined ? {} : { keptIn: this.#path };
    return { position: { file, line, ...columnOf(error) }, reason: error.message, ...kept };
  }

  add(stream: string, file: string, { error, line, raw, isCut }: RejectedRow): void {
    this.count++;
    if (this.#path === undefined) return;
    const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
    const { code, message } = error;
    // Text can't represent invalid bytes, so these rows also have the exact bytes in base64.
    const exact = isUtf8(bytes) ? {} : { raw_base64: bytes.toString("base64") };
    const reject = {
      id: rejectId(),
      stream,
      file,
      line,
      ...columnOf(error),
      code,
      reason: message,
      rejected_at: new Date().toISOString(),
      raw: bytes.toString(),
      ...exact,
      ...(isCut ? { raw_is_cut: true } : {}),
    };
    this.#lines.push(`${JSON.stringify(reject)}\n`);
  }

  /** @throws rejects_unwritable */
  async write(): Promise<void> {
    const path = this.#path;
    if (path === undefined || this.#lines.length === 0) return;
    const text = this.#lines.join("");
    this.#lines = [];
    await this.#do(path, async () => {
      const file = await this.#open(path);
      await file.appendFile(text);
    });
  }

  /** Opens it again where somebody replaced it, as `--rejects discard` does: rows in the old file would be lost. */
  async #open(path: string): Promise<FileHandle> {
    if (this.#file !== undefined) {
      const [now, ours] = await Promise.all([stat(path).catch(() => undefined), this.#file.stat()]);
      if (now?.ino === ours.ino) return this.#file;
      await this.#file.close();
      this.#file = undefined;
    }
    this.#file = await open(path, "a");
    return this.#file;
  }

  /** @throws rejects_unwritable */
  async flush(): Promise<void> {
    await this.write();
    const file = this.#file;
    if (file !== undefined) await this.#do(this.#path ?? "", () => file.datasync());
  }

  async #do(path: string, step: () => Promise<void>): Promise<void> {
    await step().catch((error: NodeJS.ErrnoException) => {
      throw errors.rejects_unwritable({ path, reason: error.code ?? error.message }, {}, error);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file?.close();
  }
}

function columnOf(error: RejectedRow["error"] & { position?: Position }): { column?: string } {
  const column = error.position?.column;
  return column === undefined ? {} : { column };
}
