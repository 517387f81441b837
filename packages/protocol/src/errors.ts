/**
 * Errors as data: every failure a person can meet has a stable code, says what happened, where, and what to do next.
 * Each package declares its own catalogue with `defineErrors`; the reference page is made from those catalogues.
 */

/** Who has to act. `retry`: the same call may pass later. `skip`: only this row is bad. `fatal`: neither. */
export type Recovery = "fatal" | "retry" | "skip";

/** What kind of trouble it is; decides the exit code of a plugin. */
export type ErrorClass = "config" | "data" | "connection" | "protocol" | "bug";

/** Exit codes of plugins by class, after sysexits(3): EX_USAGE, EX_DATAERR, EX_UNAVAILABLE, EX_PROTOCOL, EX_SOFTWARE. */
export const exitCodes: Record<ErrorClass, number> = { config: 64, data: 65, connection: 69, protocol: 76, bug: 70 };

/** Where it happened. `line` counts from 1; `column` is a column's name, `offset` a place in a line, in characters from 1. */
export interface Position {
  stream?: string;
  file?: string;
  line?: number;
  offset?: number;
  column?: string;
}

export class TaplineError extends Error {
  readonly code: string;
  readonly hint: string;
  readonly class: ErrorClass;
  readonly recovery: Recovery;
  readonly position: Position;

  constructor(fields: {
    code: string;
    message: string;
    hint: string;
    class: ErrorClass;
    recovery: Recovery;
    position?: Position;
    cause?: unknown;
  }) {
    super(fields.message, fields.cause === undefined ? undefined : { cause: fields.cause });
    this.name = "TaplineError";
    this.code = fields.code;
    this.hint = fields.hint;
    this.class = fields.class;
    this.recovery = fields.recovery;
    this.position = fields.position ?? {};
  }
}

/** One entry of a catalogue. `message` and `hint` are given the parameters the thrower passes. */
// biome-ignore lint/suspicious/noExplicitAny: each entry has parameters of its own; the mapped type below gives them back to callers.
export interface ErrorEntry<P = any> {
  class: ErrorClass;
  recovery?: Recovery;
  message: (params: P) => string;
  hint: string | ((params: P) => string);
}

type Thrower<E> = E extends ErrorEntry<infer P> ? (params: P, position?: Position, cause?: unknown) => TaplineError : never;

/** Turns a catalogue into functions that make its errors: `throw errors.file_missing({ path })`. */
export function defineErrors<const C extends Record<string, ErrorEntry>>(catalogue: C): { readonly [K in keyof C]: Thrower<C[K]> } {
  const throwers: Record<string, unknown> = {};
  for (const [code, entry] of Object.entries(catalogue)) {
    throwers[code] = (params: unknown, position?: Position, cause?: unknown) =>
      new TaplineError({
        code,
        message: entry.message(params),
        hint: typeof entry.hint === "string" ? entry.hint : entry.hint(params),
        class: entry.class,
        recovery: entry.recovery ?? "fatal",
        position,
        cause,
      });
  }
  return throwers as { readonly [K in keyof C]: Thrower<C[K]> };
}

/** "stream items, file a.csv, line 7, column Price": the position in the words messages use; "" when nothing is known. */
export function describePosition(position: Position): string {
  const parts: string[] = [];
  if (position.stream !== undefined) parts.push(`stream ${JSON.stringify(position.stream)}`);
  if (position.file !== undefined) parts.push(`file ${position.file}`);
  if (position.line !== undefined) parts.push(`line ${position.line}`);
  if (position.offset !== undefined) parts.push(`character ${position.offset}`);
  if (position.column !== undefined) parts.push(`column ${JSON.stringify(position.column)}`);
  return parts.join(", ");
}
