/**
 * Makes a plugin's executable start fast: compiled code is cached between starts, and `--about` is answered from a file that
 * `npm run generate` made, since loading a plugin takes eight times as long as starting Node.
 */
import { readFileSync, writeSync } from "node:fs";
import module from "node:module";
import type { About } from "@tapline/protocol";

/** The content of about.json, which is beside a plugin's package.json. */
export interface AboutFile {
  json: About;
  markdown: string;
}

module.enableCompileCache();

/**
 * Prints the answer from the file where the arguments are `--about` and a format. Returns false where they are not, or the file can't
 * be used.
 * @example if (!answerAbout(new URL("../about.json", import.meta.url))) await import("../dist/main.js");
 */
export function answerAbout(file: URL): boolean {
  const format = askedFormat(process.argv.slice(2));
  if (format === undefined) return false;
  try {
    const { json, markdown } = JSON.parse(readFileSync(file, "utf8")) as AboutFile;
    writeSync(1, format === "json" ? `${JSON.stringify(json, null, 2)}\n` : markdown);
    return true;
  } catch {
    // Then the plugin itself answers, or reports what is wrong with its output.
    return false;
  }
}

function askedFormat(words: readonly string[]): string | undefined {
  const [about, format = "--format=text", value] = words;
  if (about !== "--about" || words.length > 3) return undefined;
  const asked = format === "--format" ? value : words.length < 3 ? /^--format=(.*)$/.exec(format)?.[1] : undefined;
  return asked === "json" || asked === "markdown" || asked === "text" ? asked : undefined;
}
