/**
 * Runs a page of documentation as its reader does: from top to bottom in one folder and one shell. Files that the page shows are
 * written, commands are pasted into bash, and their output is compared with what the page shows.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { outputDifference } from "./page-output.ts";
import { type CommandBlock, pageParts } from "./page-parts.ts";

export interface PageOptions {
  /** The folder of the reader. It exists. */
  folder: string;
  /** All variables of the reader's shell, such as PATH and HOME. Nothing is inherited. */
  env: Readonly<Record<string, string>>;
  /** Which blocks to leave out. Default: those that are marked `not-run`. */
  isLeftOut?: (block: CommandBlock) => boolean;
  /** After this time a block is killed and the page fails. Default: two minutes. */
  blockTimeoutMs?: number;
}

export interface PageRun {
  /** Commands in the page, without those left out. */
  ran: number;
  leftOut: CommandBlock[];
}

/** @throws Error with page, line, commands and output at the first block that ends otherwise than the page promises */
export async function runPage(page: string, markdown: string, options: PageOptions): Promise<PageRun> {
  const { folder, isLeftOut = ({ notRun }) => notRun !== undefined } = options;
  const shell = mkdtempSync(join(tmpdir(), "tapline-shell-"));
  const run: PageRun = { ran: 0, leftOut: [] };
  let printed: string | undefined;
  try {
    for (const part of pageParts(page, markdown)) {
      if (part.kind === "file") {
        mkdirSync(join(folder, dirname(part.name)), { recursive: true });
        writeFileSync(join(folder, part.name), part.text);
      } else if (part.kind === "output") {
        const difference = printed === undefined ? undefined : outputDifference(part.text, printed);
        if (difference !== undefined) throw new Error(`${page}:${part.line}: ${difference}`);
      } else if (part.kind === "commands" && isLeftOut(part)) {
        printed = undefined;
        run.leftOut.push(part);
      } else if (part.kind === "commands" || part.kind === "prepare") {
        const commands = part.kind === "commands" ? withPlaceholders(part.commands, shell) : part.commands;
        const { code, output } = await runInShell(commands, shell, options);
        const expected = part.kind === "commands" ? part.exit : 0;
        if (code !== expected) {
          throw new Error(`${page}:${part.line}: ended with ${code} instead of ${expected}\n${part.commands}\nprinted\n${output}`);
        }
        printed = output;
        if (part.kind === "commands") run.ran++;
      }
    }
    return run;
  } finally {
    rmSync(shell, { recursive: true });
  }
}

/** A preparation writes lines `RUN-ID=value` to the file `$PLACEHOLDERS`. Later commands of the page have the value in place of the word. */
function withPlaceholders(commands: string, shell: string): string {
  const path = join(shell, "placeholders");
  const lines = existsSync(path) ? readFileSync(path, "utf8").trim().split("\n") : [];
  return lines.reduce((text, line) => {
    const [, name = "", value = ""] = /^([A-Z-]+)=(.+)$/.exec(line) ?? [];
    if (name === "") throw new Error(`${line} is not a placeholder and its value`);
    return text.replaceAll(new RegExp(`(?<![\\w-])${name}(?![\\w-])`, "g"), () => value);
  }, commands);
}

/**
 * Runs commands in bash, which stops at the first one that fails. Variables and the working folder are as the commands before left
 * them: `shell` is a folder that keeps them. The output has stdout and stderr in the order of printing.
 */
export async function runInShell(
  commands: string,
  shell: string,
  { folder, env, blockTimeoutMs = 120_000 }: PageOptions,
): Promise<{ code: number | string; output: string }> {
  // `head` closes its pipe early, and the program before it may end with an error then.
  const pipes = /\| head\b/.test(commands) ? "" : "-o pipefail";
  const script = `exec 2>&1
if [ -e "$TAPLINE_SHELL/kept" ]; then . "$TAPLINE_SHELL/kept"; cd "$(cat "$TAPLINE_SHELL/cwd")"; fi
trap 'export -p > "$TAPLINE_SHELL/kept"; pwd > "$TAPLINE_SHELL/cwd"' EXIT
set -ea ${pipes}
${commands}
`;
  const child = spawn("bash", ["-c", script], {
    cwd: folder,
    env: { ...env, TAPLINE_SHELL: shell, PLACEHOLDERS: join(shell, "placeholders") },
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => process.kill(-(child.pid as number), "SIGKILL"), blockTimeoutMs);
    child.once("error", reject);
    child.once("close", (code, signal) => {
      clearTimeout(timer);
      resolve({ code: code ?? (signal as string), output });
    });
  });
}
