/** A value that a column can't hold exactly. It has only the reason; the caller knows the row and adds its position. */
import type { ValueErrorCode } from "../errors.ts";

export class Refusal extends Error {
  readonly code: ValueErrorCode;
  constructor(code: ValueErrorCode) {
    super(code);
    this.code = code;
  }
}
