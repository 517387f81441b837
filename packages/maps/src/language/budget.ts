/**
 * What one evaluation may spend: steps, and the length of the texts and lists that it makes. One budget at a time is in use, since
 * evaluation is synchronous.
 */
import { ExpressionError } from "./expression-error.ts";

export const limits = {
  /** Characters of an expression. */
  expression: 10_000,
  /** Brackets, operators and conditions inside each other. */
  depth: 100,
  /** Operations of one evaluation. */
  steps: 100_000,
  /** Characters of all texts, and items of all lists, that one evaluation makes. */
  made: 1_000_000,
  /** Digits of a number. */
  digits: 4300,
} as const;

let steps = 0;
let made = 0;

export function newBudget(): void {
  steps = 0;
  made = 0;
}

/** @throws ExpressionError after too many */
export function step(at?: number): void {
  if (++steps > limits.steps) throw new ExpressionError(`it takes more than ${limits.steps} steps for one record`, at);
}

/** Call it before so many characters or items are made. @throws ExpressionError after too many */
export function spend(length: number): void {
  made += length;
  if (!(made <= limits.made)) throw new ExpressionError(`it makes texts or lists of more than ${limits.made} characters or items`);
}
