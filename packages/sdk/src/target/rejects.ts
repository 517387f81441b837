/** Rows that were kept out: what the user allows (`on_error`, `max_rejects`), and those not handed to the target yet. */
import { numberText, type Position, type Row, type TaplineError } from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { Reject } from "./define.ts";
import type { TargetSettings } from "./settings.ts";

/** From so many rows on a share says something. */
const enoughRows = 1000;

export class Rejects {
  readonly isAllowed: boolean;
  readonly #limit: TargetSettings["max_rejects"];
  #waiting = new Map<string, Reject[]>();
  #last: TaplineError | undefined;
  /** Characters of the records that wait. */
  size = 0;
  /** In the whole run. */
  total = 0;

  constructor({ on_error, max_rejects }: Pick<TargetSettings, "on_error" | "max_rejects">) {
    this.isAllowed = on_error === "reject";
    this.#limit = max_rejects;
  }

  /**
   * `record`: the row's JSON text as it came.
   * @throws the error itself where it is not about this row alone or the user did not choose to go on; too_many_rejects
   */
  add(error: TaplineError, position: Position & { stream: string }, record: () => string): void {
    if (!this.isAllowed || error.recovery !== "skip") throw error;
    const { stream, ...place } = position;
    const reject: Reject = { stream, position: place, code: error.code, reason: error.message, record: record() };
    const waiting = this.#waiting.get(stream) ?? [];
    this.#waiting.set(stream, waiting);
    waiting.push(reject);
    this.size += reject.record.length;
    this.total++;
    this.#last = error;
    if (typeof this.#limit === "number" && this.total > this.#limit) throw this.#tooMany(String(this.#limit));
  }

  /** Those that wait, by stream. */
  take(): Map<string, Reject[]> {
    const waiting = this.#waiting;
    this.#waiting = new Map();
    this.size = 0;
    return waiting;
  }

  /** Before a commit. @throws too_many_rejects */
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

/** A tap that tells file and line of each row (as tap-csv does with `add_metadata_columns`) knows the place people look at. */
export function sourceOf(row: Row): Position {
  const [file, line] = [row._sdc_source_file, numberText(row._sdc_source_lineno)];
  return typeof file === "string" && line !== undefined ? { file, line: Number(line) } : {};
}
