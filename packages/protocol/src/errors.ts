/**
 * Errors as data: every failure that a person can meet has a stable code, a message (what happened and where) and a hint (what to do next).
 * Each package declares its catalogue with `defineErrors`; `docs/reference/errors.md` is generated from the catalogues.
 */
import type { Position } from "./position.ts";

export const recoveries = ["fatal", "retry", "skip"] as const;

/** `retry`: the same call may succeed later. `skip`: only this row is bad. `fatal`: neither. */
export type Recovery = (typeof recoveries)[number];

export const errorClasses = ["config", "data", "connection", "protocol", "bug"] as const;

/** What kind of failure it is. The class decides the exit code of a plugin. */
export type ErrorClass = (typeof errorClasses)[number];

/** Exit codes of plugins by class, after sysexits(3): EX_USAGE, EX_DATAERR, EX_UNAVAILABLE, EX_PROTOCOL, EX_SOFTWARE. */
export const exitCodes: Record<ErrorClass, number> = { config: 64, data: 65, connection: 69, protocol: 76, bug: 70 };

export interface ErrorFields {
  code: string;
  message: string;
  hint: string;
  class: ErrorClass;
  recovery: Recovery;
  position?: Position;
  cause?: unknown;
}

export class TaplineError extends Error {
  readonly code: string;
  readonly hint: string;
  readonly class: ErrorClass;
  readonly recovery: Recovery;
  readonly position: Position;

  constructor(fields: ErrorFields) {
    super(fields.message, fields.cause === undefined ? undefined : { cause: fields.cause });
    this.name = "TaplineError";
    this.code = fields.code;
    this.hint = fields.hint;
    this.class = fields.class;
    this.recovery = fields.recovery;
    this.position = fields.position ?? {};
  }
}

/**
 * The same error with these fields of its position set, and with another recovery where one is given.
 * @example throw withPosition(error, { stream: "items", line: 7 })
 */
export function withPosition(error: TaplineError, position: Position, recovery: Recovery = error.recovery): TaplineError {
  const { code, message, hint, class: errorClass, cause } = error;
  return new TaplineError({ code, message, hint, class: errorClass, recovery, position: { ...error.position, ...position }, cause });
}

/** A thrown value as an error with a code. Whatever is not a TaplineError is a bug of this program: code `internal`. */
export function asTaplineError(error: unknown): TaplineError {
  if (error instanceof TaplineError) return error;
  return new TaplineError({
    code: "internal",
    message: `Unexpected failure: ${error instanceof Error ? error.message : String(error)}`,
    hint: "This is a fault of the plugin, not of your data. Please report it with the lines above.",
    class: "bug",
    recovery: "fatal",
    cause: error,
  });
}

/** One entry of a catalogue. `message` and `hint` receive the parameters that the thrower passes. */
// biome-ignore lint/suspicious/noExplicitAny: each entry has its own parameters; the mapped type below gives them back to callers.
export interface ErrorEntry<P = any> {
  class: ErrorClass;
  recovery?: Recovery;
  message: (params: P) => string;
  hint: string | ((params: P) => string);
}

type ErrorMaker<E> = E extends ErrorEntry<infer P> ? (params: P, position?: Position, cause?: unknown) => TaplineError : never;

/**
 * Turns a catalogue into functions that make its errors.
 * @example
 * const errors = defineErrors({
 *   file_missing: { class: "config", message: (p: { path: string }) => `The file ${p.path} doesn't exist`, hint: "Check the path." },
 * });
 * throw errors.file_missing({ path: "a.csv" });
 */
export function defineErrors<const C extends Record<string, ErrorEntry>>(catalogue: C): { readonly [K in keyof C]: ErrorMaker<C[K]> } {
  const makers: Record<string, unknown> = {};
  for (const [code, entry] of Object.entries(catalogue)) {
    makers[code] = (params: unknown, position?: Position, cause?: unknown) =>
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
  return makers as { readonly [K in keyof C]: ErrorMaker<C[K]> };
}
