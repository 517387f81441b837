/** Writes files of a new project and prints their names. Nothing is ever overwritten. */
import { appendFileSync, chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { usage } from "./usage.ts";

/** @throws file_unwritable */
export function writeNew(folder: string, path: string, content: string, mode = 0o666): void {
  explained(path, () => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content, { flag: "wx", mode });
  });
  process.stdout.write(`created  ${path}\n`);
}

/** Writes a file that is made from something else, over what it was. @throws file_unwritable */
export function writeOver(folder: string, path: string, content: string): void {
  const whole = resolve(folder, path);
  const verb = existsSync(whole) ? "written" : "created";
  explained(path, () => {
    mkdirSync(dirname(whole), { recursive: true });
    writeFileSync(whole, content);
  });
  process.stdout.write(`${verb}  ${path}\n`);
}

/** Adds the lines that the file lacks. @throws file_unwritable */
export function addLines(folder: string, path: string, lines: readonly string[], mode?: number): void {
  const whole = join(folder, path);
  if (!existsSync(whole)) {
    writeNew(folder, path, `${lines.join("\n")}\n`, mode);
    return;
  }
  const text = explained(path, () => readFileSync(whole, "utf8"));
  const known = new Set(text.split(/\r?\n/).map((line) => line.trim()));
  const missing = lines.filter((line) => !known.has(line));
  if (mode !== undefined) explained(path, () => chmodSync(whole, mode));
  if (missing.length === 0) return;
  const start = text === "" || text.endsWith("\n") ? "" : "\n";
  explained(path, () => appendFileSync(whole, `${start}${missing.join("\n")}\n`));
  process.stdout.write(`changed  ${path}\n`);
}

function explained<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw usage.file_unwritable({ path, reason: (error as Error).message }, {}, error);
  }
}
