/** Writes files of a new project and prints their names. Nothing is ever overwritten. */
import { appendFileSync, chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

export function writeNew(folder: string, path: string, content: string, mode = 0o666): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content, { flag: "wx", mode });
  process.stdout.write(`created  ${path}\n`);
}

/** Adds the lines that the file lacks. */
export function addLines(folder: string, path: string, lines: readonly string[], mode?: number): void {
  const whole = join(folder, path);
  if (!existsSync(whole)) {
    writeNew(folder, path, `${lines.join("\n")}\n`, mode);
    return;
  }
  const text = readFileSync(whole, "utf8");
  const known = new Set(text.split(/\r?\n/).map((line) => line.trim()));
  const missing = lines.filter((line) => !known.has(line));
  if (mode !== undefined) chmodSync(whole, mode);
  if (missing.length === 0) return;
  appendFileSync(whole, `${text === "" || text.endsWith("\n") ? "" : "\n"}${missing.join("\n")}\n`);
  process.stdout.write(`changed  ${path}\n`);
}
