/** Lists that come in pages: the command that shows the page after this one, for people. */
import { quoteWord } from "@tapline/runner";
import { printLines } from "./terminal.ts";

/** `last`: what `--before` of the next page is; undefined: there is none. */
export function printOlder(command: string, argv: readonly string[], last: string | undefined): void {
  if (last === undefined || !process.stderr.isTTY) return;
  printLines([`Older ones: ${olderCommand(command, argv.map(quoteWord), quoteWord(last))}`], process.stderr);
}

/** The same command for the next page. Words are quoted for a shell. */
function olderCommand(command: string, argv: readonly string[], last: string): string {
  const at = argv.indexOf("--before");
  const others = at < 0 ? argv : argv.toSpliced(at, 2);
  return [command, ...others.filter((word) => !word.startsWith("--before=")), "--before", last].join(" ");
}
