/** Finds what files import, and circles of imports. Pure: it reads text, without a compiler, so types count too. */
import { posix } from "node:path";

/** A file of the repository: its path relative to the root, and its text. */
export interface SourceFile {
  path: string;
  text: string;
}

const fromClause = /^[ \t]*(?:import|export)\b[^"'`;()]*?\bfrom\s*["']([^"']+)["']/gm;
const sideEffect = /^[ \t]*import\s*["']([^"']+)["']/gm;
/** Values (`await import("x")`) and types (`import("x").T`). */
const call = /\bimport\s*\(\s*["']([^"']+)["']/g;

/** The specifiers a file imports or re-exports, types included, in the order of the text, each once. */
export function parseImports(text: string): string[] {
  const code = withoutComments(text);
  const found = [fromClause, sideEffect, call].flatMap((pattern) => [...code.matchAll(pattern)]);
  return [...new Set(found.sort((a, b) => a.index - b.index).map((match) => match[1] as string))];
}

/** Whole-line comments only: `//` and `/*` inside a string start no comment. */
function withoutComments(text: string): string {
  return text.replaceAll(/^[ \t]*\/\*[\s\S]*?\*\//gm, "").replaceAll(/^[ \t]*\/\/.*$/gm, "");
}

/** The file a relative import names; undefined for a package. */
function resolveImport(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith(".")) return undefined;
  return posix.join(posix.dirname(from), specifier);
}

export type ImportGraph = ReadonlyMap<string, readonly string[]>;

/** Which of the files imports which of the others. Imports of packages and of other files are left out. */
export function importGraph(files: readonly SourceFile[]): ImportGraph {
  const known = new Set(files.map(({ path }) => path));
  return new Map(
    files.map(({ path, text }) => {
      const targets = parseImports(text).map((specifier) => resolveImport(path, specifier));
      return [path, targets.filter((target) => target !== undefined && known.has(target)) as string[]];
    }),
  );
}

/** Groups of files that import each other in a circle (strongly connected components), sorted. [] when there is none. */
export function findCircles(graph: ImportGraph): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const onStack = new Set<string>();
  const circles: string[][] = [];
  const visit = (file: string): number => {
    const at = index.size;
    index.set(file, at);
    let lowest = at;
    stack.push(file);
    onStack.add(file);
    for (const next of graph.get(file) ?? []) {
      if (!index.has(next)) lowest = Math.min(lowest, visit(next));
      else if (onStack.has(next)) lowest = Math.min(lowest, index.get(next) as number);
    }
    low.set(file, lowest);
    if (lowest === at) {
      const members = stack.splice(stack.indexOf(file));
      for (const member of members) onStack.delete(member);
      if (members.length > 1 || (graph.get(file) ?? []).includes(file)) circles.push(members.sort());
    }
    return lowest;
  };
  for (const file of graph.keys()) if (!index.has(file)) visit(file);
  return circles.sort((a, b) => String(a[0]).localeCompare(String(b[0])));
}
