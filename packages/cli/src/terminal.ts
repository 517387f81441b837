/** Text for terminals: colours only where they are wanted, and no sequences that control the terminal. */
import { stripVTControlCharacters, styleText } from "node:util";
import { wrap } from "@tapline/protocol/text";

/** Without colour if the stream is no terminal or NO_COLOR is set. */
export function paint(format: "red" | "yellow" | "bold" | "dim", text: string, stream: NodeJS.WriteStream = process.stderr): string {
  return styleText(format, text, { stream });
}

/** Removes escape sequences and control characters, because the output of plugins is not trusted. */
export function clean(text: string): string {
  return stripVTControlCharacters(text).replaceAll(/\p{Cc}/gu, " ");
}

/** Prints lines without control characters; at a terminal, long ones are broken at words. */
export function printLines(lines: readonly string[], stream: NodeJS.WriteStream = process.stdout): void {
  stream.write(
    lines
      .flatMap((line) => wrap(clean(line), columnsOf(stream)))
      .map((line) => `${line}\n`)
      .join(""),
  );
}

/** How many characters fit in a line; undefined: the stream is no terminal. */
export function columnsOf(stream: NodeJS.WriteStream): number | undefined {
  return stream.isTTY ? stream.columns : undefined;
}
