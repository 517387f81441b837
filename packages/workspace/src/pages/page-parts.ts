/**
 * Reads what a page of documentation asks its reader to do: commands to paste, files to write, and the output that should appear.
 *
 * - ` ```sh ` holds commands. A mark on the lines before it says how a test treats it: `<!-- not-run: the reason -->`,
 *   `<!-- long: the reason -->` (only in the long suite) or `<!-- exit: 1 -->` (the commands must fail with this code).
 * - ` ```yaml title=tapline.yml ` holds a file that the reader writes, in any language.
 * - A block without a language directly after commands holds their output.
 * - `<!-- prepare`, lines of commands and `-->` are what the test does in the reader's place, such as making the data that the page
 *   takes for granted. It may add lines such as `RUN-ID=20260131T1015` to the file `$PLACEHOLDERS`: later commands of the page then
 *   run with the value in place of the word. `<!-- needs: postgres -->` gives the page a database.
 */

/** A fenced block whose language is `sh`. */
export interface CommandBlock {
  kind: "commands";
  page: string;
  /** Line of the first command, from 1. */
  line: number;
  commands: string;
  /** Why no test runs it. */
  notRun?: string;
  /** Why only the long suite runs it. */
  long?: string;
  /** The exit code it must end with. */
  exit: number;
}

/** A file that the reader writes. `name` is its path in the folder in which the reader works. */
export interface PageFile {
  kind: "file";
  name: string;
  text: string;
}

export type PagePart =
  | CommandBlock
  | PageFile
  | { kind: "output"; line: number; text: string }
  | { kind: "prepare"; line: number; commands: string }
  | { kind: "needs"; what: string };

type Marks = Partial<Record<"not-run" | "long" | "exit", string>>;

const mark = /^<!-- (not-run|long|exit): (.*\S) -->$/;
const aboutMarks = "write <!-- not-run: the reason -->, <!-- long: the reason --> or <!-- exit: 1 --> on a separate line";
/** Such a block looks the same to a reader, but the tests would leave it out. */
const otherShells = /^(bash|shell|zsh|shellscript)$/;

/** The `sh` blocks of a page in their order, also those inside lists. */
export function commandBlocks(page: string, markdown: string): CommandBlock[] {
  return pageParts(page, markdown).filter((part) => part.kind === "commands");
}

/**
 * Everything that a reader does and sees, in the order of the page.
 * @throws Error where a mark has no `sh` block after it, a block or comment is not closed, or a block has another name of the shell
 */
export function pageParts(page: string, markdown: string): PagePart[] {
  const lines = markdown.split("\n");
  const parts: PagePart[] = [];
  let marks: Marks = {};
  /** Whether only empty lines are between the last commands and this line. */
  let isAfterCommands = false;
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] as string;
    const position = `${page}:${at + 1}`;
    if (line.trim() === "") continue;
    const [, indent = "", ticks, language = "", name] = /^( *)(`{3,})(\S*)(?: title=(\S+))?/.exec(line) ?? [];
    if (ticks === undefined) {
      const found = mark.exec(line.trim());
      const isMarked = Object.keys(marks).length > 0;
      if (found !== null) marks = { ...marks, [found[1] as keyof Marks]: found[2] };
      else if (isMarked) throw new Error(`${position}: the mark before it has no sh block directly after it`);
      else if (/<!-- (not-run|long|exit)/.test(line)) throw new Error(`${position}: ${aboutMarks}`);
      const needs = /^<!-- needs: (\S+) -->$/.exec(line)?.[1];
      if (needs !== undefined) parts.push({ kind: "needs", what: needs });
      isAfterCommands = false;
      if (line !== "<!-- prepare") continue;
      const end = endOf(lines, at, "-->", `${position}: this comment is not closed`);
      parts.push({ kind: "prepare", line: at + 2, commands: lines.slice(at + 1, end).join("\n") });
      at = end;
      continue;
    }
    const end = endOf(lines, at, ticks, `${position}: this code block is not closed`);
    const text = lines
      .slice(at + 1, end)
      .map((each) => (each.startsWith(indent) ? each.slice(indent.length) : each))
      .join("\n");
    if (otherShells.test(language)) throw new Error(`${position}: write sh instead of ${language}, so that the block is run`);
    if (language === "sh") parts.push(commandBlock(page, at + 2, text, marks));
    else if (Object.keys(marks).length > 0) throw new Error(`${position}: a mark belongs before an sh block`);
    else if (name !== undefined) parts.push({ kind: "file", name, text: `${text}\n` });
    else if (language === "" && isAfterCommands) parts.push({ kind: "output", line: at + 2, text });
    isAfterCommands = language === "sh";
    marks = {};
    at = end;
  }
  if (Object.keys(marks).length > 0) throw new Error(`${page}: the last mark has no sh block after it`);
  return parts;
}

function commandBlock(page: string, line: number, commands: string, marks: Marks): CommandBlock {
  const exit = Number(marks.exit ?? 0);
  if (!Number.isInteger(exit)) throw new Error(`${page}:${line - 1}: ${marks.exit} is not an exit code`);
  return {
    kind: "commands",
    page,
    line,
    commands,
    ...(marks["not-run"] === undefined ? {} : { notRun: marks["not-run"] }),
    ...(marks.long === undefined ? {} : { long: marks.long }),
    exit,
  };
}

function endOf(lines: readonly string[], at: number, closing: string, otherwise: string): number {
  const end = lines.findIndex((each, index) => index > at && each.trim() === closing);
  if (end === -1) throw new Error(otherwise);
  return end;
}
