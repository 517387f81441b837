/** A value a column can't take exactly. It carries only the reason; who knows the row adds the place. */
import type { ValueErrorCode } from "../errors.ts";

export class Refusal extends Error {
  readonly code: ValueErrorCode;
  constructor(code: ValueErrorCode) {
    super(code);
    this.code = code;
  }
}
