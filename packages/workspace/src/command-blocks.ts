/**
 * Finds the command blocks of documentation and runs them as a reader does: pasted into bash, one after the other in one folder. A block
 * that can't run in a test has the line `<!-- not-run: the reason -->` before its fence.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";

/** A fenced block whose language is `sh`. */
export interface CommandBlock {
  page: string;
  /** Line of the first command, from 1. */
  line: number;
  commands: string;
  /** Why it is not run, where it is marked so. */
  notRun?: string;
}

const mark = /^<!-- not-run: (.*\S) -->$/;
/** Such a block looks the same to a reader, but the tests would leave it out. */
const otherShells = /^(bash|shell|zsh|shellscript)$/;

/**
 * The `sh` blocks of a page in their order, also those inside lists.
 * @throws Error where a mark has no block after it, a fence is not closed, or a block has another name of the shell, which would go unseen
 */
export function commandBlocks(page: string, markdown: string): CommandBlock[] {
  const lines = markdown.split("\n");
  const blocks: CommandBlock[] = [];
  let notRun: string | undefined;
  for (let at = 0; at < lines.length; at++) {
    const [line, fence] = [lines[at] as string, /^( *)(`{3,})(\S*)/.exec(lines[at] as string)];
    if (fence === null) {
      if (line.trim() === "") continue;
      if (notRun !== undefined) throw new Error(`${page}:${at + 1}: the not-run mark before it has no sh block directly after it`);
      if (line.includes("<!-- not-run")) notRun = reasonOf(line, `${page}:${at + 1}`);
      continue;
    }
    const [, indent = "", ticks = "", language = ""] = fence;
    const end = lines.findIndex((each, index) => index > at && each.trim() === ticks);
    if (end === -1) throw new Error(`${page}:${at + 1}: this code block is not closed`);
    if (otherShells.test(language)) throw new Error(`${page}:${at + 1}: write sh instead of ${language}, so that the block is run`);
    if (language !== "sh" && notRun !== undefined) throw new Error(`${page}:${at + 1}: a not-run mark belongs before an sh block`);
    if (language === "sh") {
      const commands = lines.slice(at + 1, end).map((each) => (each.startsWith(indent) ? each.slice(indent.length) : each));
      blocks.push({ page, line: at + 2, commands: commands.join("\n"), ...(notRun === undefined ? {} : { notRun }) });
    }
    notRun = undefined;
    at = end;
  }
  if (notRun !== undefined) throw new Error(`${page}: the last not-run mark has no sh block after it`);
  return blocks;
}

export interface BlockResult {
  code: number | null;
  /** What the commands printed on stdout and stderr, in the order of printing. */
  output: string;
}

/** Runs a block in bash, which stops at the first command that fails. `PATH` and the like are what `env` holds, and nothing is inherited. */
export async function runBlock(block: CommandBlock, cwd: string, env: Readonly<Record<string, string>>): Promise<BlockResult> {
  const script = `exec 2>&1\nset -e\n${block.commands}\n`;
  const child = spawn("bash", ["-c", script], { cwd, env, stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  const [code] = (await once(child, "close")) as [number | null];
  return { code, output };
}

function reasonOf(line: string, position: string): string {
  const reason = mark.exec(line.trim())?.[1];
  if (reason === undefined) throw new Error(`${position}: write <!-- not-run: the reason --> on a separate line`);
  return reason;
}
