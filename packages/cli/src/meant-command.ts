/** Guesses the command that a person meant. Pure. */
import { didYouMean } from "@tapline/protocol";

/** `typed` may also contain arguments after the command. undefined: nothing is close. */
export function meantCommand(typed: readonly string[], known: readonly (readonly string[])[]): string | undefined {
  for (let length = typed.length; length > 0; length--) {
    const candidates = known.filter((words) => words.length === length).map((words) => words.join(" "));
    const meant = didYouMean(typed.slice(0, length).join(" "), candidates);
    if (meant !== undefined) return meant;
  }
  return undefined;
}
