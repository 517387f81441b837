/** Text for terminals: colours only where they are wanted, and nothing in it that could steer the terminal. */
import { stripVTControlCharacters, styleText } from "node:util";

/** Plain where the stream is no terminal or NO_COLOR is set. */
export function paint(format: "red" | "yellow" | "bold" | "dim", text: string, stream: NodeJS.WriteStream = process.stderr): string {
  return styleText(format, text, { stream });
}

/** Plugins' words are not trusted: escape sequences and control characters go. */
export function clean(text: string): string {
  return stripVTControlCharacters(text).replaceAll(/\p{Cc}/gu, " ");
}
