/** Rejected rows: whether the user allows them (`on_error`, `max_rejects`), and those that the target has not stored yet. */
import { numberText, type Position, type Row, type TaplineError } from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { Reject } from "./define.ts";
import { rejectId } from "./reject-id.ts";
import type { RejectOrigin } from "./reject-origin.ts";
import type { TargetSettings } from "./settings.ts";

/** A share is checked from so many rows on; of fewer it means little. */
const enoughRows = 1000;

const noOrigin: RejectOrigin = { definition: null, metadata: null };

export class Rejects {
  readonly isAllowed: boolean;
  readonly #limit: TargetSettings["max_rejects"];
  #waiting = new Map<string, Reject[]>();
  #last: TaplineError | undefined;
  /** Characters of the records that are waiting to be stored. */
  size = 0;
  /** Rejected rows of the whole run. */
  total = 0;

  constructor({ on_error, max_rejects }: Pick<TargetSettings, "on_error" | "max_rejects">) {
    this.isAllowed = on_error === "reject";
    this.#limit = max_rejects;
  }

  /**
   * Keeps a row. `record` gives its JSON text as it was received, `origin` what a replay needs besides.
   * @throws the error itself where it is not about this row alone or the user did not choose `reject`; too_many_rejects
   */
  add(error: TaplineError, position: Position & { stream: string }, record: () => string, origin: RejectOrigin = noOrigin): void {
    if (!this.isAllowed || error.recovery !== "skip") throw error;
    const { stream, ...inSource } = position;
    const { code, message: reason } = error;
    const reject: Reject = { id: rejectId(), stream, position: inSource, code, reason, record: record(), ...origin };
    const waiting = this.#waiting.get(stream) ?? [];
    this.#waiting.set(stream, waiting);
    waiting.push(reject);
    this.size += reject.record.length + (origin.metadata?.length ?? 0);
    this.total++;
    this.#last = error;
    if (typeof this.#limit === "number" && this.total > this.#limit) throw this.#tooMany(String(this.#limit));
  }

  /** Takes those that are waiting, by stream. */
  take(): Map<string, Reject[]> {
    const waiting = this.#waiting;
    this.#waiting = new Map();
    this.size = 0;
    return waiting;
  }

  /** Checks a `max_rejects` in percent; call it before each commit. @throws too_many_rejects */
  checkShare(received: number, isEnd: boolean): void {
    if (typeof this.#limit !== "string" || (received < enoughRows && !isEnd)) return;
    const most = (Number(this.#limit.slice(0, -1)) / 100) * received;
    if (this.total > most) throw this.#tooMany(`${this.#limit} of ${received}`);
  }

  #tooMany(limit: string): Error {
    const last = this.#last;
    return errors.too_many_rejects({ total: this.total, limit, last: last?.message ?? "" }, last?.position ?? {}, last);
  }
}

/**
 * File and line of a row in its source, from the columns that tap-csv adds with `add_metadata_columns`. {} where either is missing:
 * a file without its line would be read with the line of the input.
 */
export function sourceOf(row: Row): Position {
  const [file, line] = [row._sdc_source_file, numberText(row._sdc_source_lineno)];
  return typeof file === "string" && line !== null ? { file, line: Number(line) } : {};
}
