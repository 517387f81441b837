/**
 * The long suites: tests that need hours, other programs or much data, each a vitest file `long/<suite>.test.ts` of a package or
 * plugin. `npm run test:long SUITE` runs one and writes its outcome to `docs/results/<suite>.json`. The first comment of the file
 * describes the suite; its last lines may be `Covers:`, `Takes:` and `Needs:`.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { filesBelow, root, workspaces } from "./repository.ts";

export interface LongSuite {
  name: string;
  /** The vitest file, relative to the root. */
  file: string;
  /** What the suite shows: the text of its first comment. */
  shows: string;
  /** `Covers: path, path`: files and folders that the suite tests. When one of them changes, the outcome is stale. */
  covers: readonly string[];
  /** `Takes: WORD`: what follows the suite's name on the command line. Usually nothing. */
  takes: readonly string[];
  /** `Needs: an account`: what this machine can't start by itself. Only a suite with this line may lack an outcome. */
  needs: string | undefined;
  /** The limits that its tests hold results to: `<suite>.bars.json` beside the file. */
  bars: Readonly<Record<string, unknown>>;
}

export function longSuites(): LongSuite[] {
  return workspaces()
    .flatMap((workspace) => filesOf(`${workspace}/long`))
    .map(readSuite)
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** @throws Error where the file's first comment has no `Covers:` line */
export function suiteOf(file: string, text: string, bars: LongSuite["bars"]): LongSuite {
  const comment = /^\/\*\*\n((?: \*.*\n)+?) \*\/$/m.exec(text)?.[1] ?? "";
  const lines = comment.split("\n").map((line) => line.replace(/^ \* ?/, "").trim());
  const lineOf = (word: string): string | undefined => lines.find((line) => line.startsWith(`${word}: `))?.slice(word.length + 2);
  const covers = lineOf("Covers");
  if (covers === undefined) throw new Error(`the first comment of ${file} has no line "Covers: path, path"`);
  return {
    name: nameOf(file),
    file,
    shows: lines
      .filter((line) => !/^(Covers|Takes|Needs): /.test(line))
      .join(" ")
      .trim(),
    covers: covers.split(", "),
    takes: lineOf("Takes")?.split(" ") ?? [],
    needs: lineOf("Needs"),
    bars,
  };
}

/** One hash over the contents of all covered files: an outcome that another tree produced has another hash. */
export function codeHash(covers: readonly string[]): string {
  const hash = createHash("sha256");
  for (const file of covers.flatMap((path) => (statSync(join(root, path)).isDirectory() ? filesBelow(path, "") : [path])).sort()) {
    if (file.endsWith(".pyc")) continue;
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(root, file)))
      .update("\0");
  }
  return hash.digest("hex");
}

function readSuite(file: string): LongSuite {
  const bars = join(root, file.replace(/\.test\.ts$/, ".bars.json"));
  return suiteOf(file, readFileSync(join(root, file), "utf8"), existsSync(bars) ? JSON.parse(readFileSync(bars, "utf8")) : {});
}

function filesOf(folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder))
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => `${folder}/${name}`);
}

function nameOf(file: string): string {
  return file.slice(file.lastIndexOf("/") + 1, -".test.ts".length);
}
