/**
 * Which lines of a project's files follow the schemas of a cutover: settings and variables of plugins in tapline.yml, and `schema` and `vars` in the
 * YAML files of dbt. Everything else that has one of the names is listed for a person. An edit changes one value and leaves every other
 * byte as it was, so that the edit back gives the same file.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { builtNamePattern, isObject, type SchemaRename } from "@tapline/protocol";
import { parseDocument } from "yaml";
import type { Path, Project } from "../model/project.ts";
import { editText } from "../project/edit-file.ts";
import { replaceFile } from "../project/edit-project.ts";
import { readText } from "../project/project-files.ts";

/** One value of a YAML file. */
export interface FileEdit {
  /** Relative to the project's folder. */
  file: string;
  path: (string | number)[];
  /** null: it was not there, because the environment had no value of its own. */
  from: string | null;
  to: string;
  /** Where it was not there: how much of the path is new. */
  added?: number;
}

export interface Mention {
  file: string;
  line: number;
  text: string;
  why: string;
}

export interface PlannedEdits {
  edits: FileEdit[];
  /** Places with a name that are not changed. */
  mentions: Mention[];
}

export function planEdits(project: Project, environment: string, renames: readonly SchemaRename[]): PlannedEdits {
  const next = new Map(renames.map(({ from, to }) => [from, to]));
  const inProject = project.parsed.files.map(({ path }) => path).filter((path) => existsSync(path));
  const dbt = dbtFolders(project, environment);
  const others = Object.keys(project.parsed.file.environments ?? {}).filter((name) => name !== environment);
  const edits = [...inProject.flatMap((path) => settingsIn(project, path, { environment, next, isShared: others.length > 0 }))];
  const mentions: Mention[] = [];
  for (const folder of dbt) {
    for (const path of filesBelow(folder)) {
      const found = /\.ya?ml$/.test(path) ? schemasIn(path, next) : [];
      const file = relative(project.folder, path);
      // Profiles and models of dbt are the same in every environment, so a person must decide.
      if (others.length === 0) edits.push(...found.map(({ at, from }) => ({ file, path: at, from, to: next.get(from) as string })));
      mentions.push(...mentionsIn(project, path, next, others.length === 0 ? found.map(({ line }) => line) : [], others));
    }
  }
  for (const path of inProject) {
    const own = edits.filter(({ file }) => resolve(project.folder, file) === path).map((edit) => lineOf(path, edit));
    mentions.push(...mentionsIn(project, path, next, own, []));
  }
  return { edits: unique(edits), mentions };
}

/** Each edit whose place has what it expects. What already has the new value is left, so a second call after a kill does the rest. */
export function applyEdits(
  project: Pick<Project, "folder">,
  edits: readonly FileEdit[],
  direction: "forth" | "back",
): { changed: string[]; left: FileEdit[] } {
  const changed: string[] = [];
  const left: FileEdit[] = [];
  for (const file of new Set(edits.map((edit) => edit.file))) {
    const path = resolve(project.folder, file);
    const before = readText(path);
    let text = before;
    for (const edit of edits.filter((each) => each.file === file)) {
      const [expected, wanted] = direction === "forth" ? [edit.from, edit.to] : [edit.to, edit.from];
      const value = valueAt(text, edit.path);
      if (value === (wanted ?? undefined)) continue;
      if (value !== (expected ?? undefined)) left.push(edit);
      else if (wanted === null) text = editText(text, edit.path.slice(0, edit.added), undefined);
      else text = replaceWord(text, edit.path, wanted) ?? editText(text, edit.path, wanted);
    }
    if (text === before) continue;
    replaceFile(path, text);
    changed.push(file);
  }
  return { changed, left };
}

interface Context {
  environment: string;
  next: ReadonlyMap<string, string>;
  /** The project has other environments, which must not follow. */
  isShared: boolean;
}

/** Values of settings that are exactly one of the names, where their key says that it names a schema or a variable. */
function settingsIn(project: Project, path: string, { environment, next, isShared }: Context): FileEdit[] {
  const file = relative(project.folder, path);
  const root = parseDocument(readText(path)).toJS() ?? {};
  const own: Path = ["environments", environment, "plugins"];
  const inBase = namedValues(root.plugins, ["plugins"], next);
  const inOwn = namedValues(root.environments?.[environment]?.plugins, own, next);
  return [
    ...inOwn.map(({ at, from }) => ({ file, path: at, from, to: next.get(from) as string })),
    ...inBase.flatMap(({ at, from }): FileEdit[] => {
      const to = next.get(from) as string;
      if (!isShared) return [{ file, path: at, from, to }];
      // Other environments read it too: this one gets a value of its own.
      const beside = ["environments", environment, ...at];
      const isOverridden = project.parsed.locate(beside).line !== undefined;
      const holder = holderOf(project, environment);
      const added = firstMissing(readText(holder), beside);
      return isOverridden ? [] : [{ file: relative(project.folder, holder), path: beside, from: null, to, added }];
    }),
  ];
}

function firstMissing(text: string, path: Path): number {
  const document = parseDocument(text);
  return path.findIndex((_, index) => !document.hasIn(path.slice(0, index + 1))) + 1;
}

const holderOf = (project: Project, environment: string): string =>
  project.parsed.files.find((each) => each.locate(["environments", environment]).line !== undefined)?.path ?? project.path;

function namedValues(plugins: unknown, above: Path, next: ReadonlyMap<string, string>): { at: (string | number)[]; from: string }[] {
  if (!isObject(plugins)) return [];
  return Object.entries(plugins).flatMap(([name, entry]) => {
    const given = isObject(entry) ? entry : {};
    return [...values(given.config, [...above, name, "config"]), ...values(given.env, [...above, name, "env"])]
      .filter(({ at, value }) => next.has(value) && at.slice(above.length + 2).some((key) => /schema|vars/i.test(String(key))))
      .map(({ at, value }) => ({ at, from: value }));
  });
}

/** In YAML files of dbt: `schema`, `+schema`, and all below `vars`. */
function schemasIn(path: string, next: ReadonlyMap<string, string>): { at: (string | number)[]; from: string; line: number }[] {
  const text = readText(path);
  const document = parseDocument(text);
  if (document.errors.length > 0) return [];
  return [...values(document.toJS(), [])]
    .filter(({ at, value }) => next.has(value) && (/^\+?schema$/.test(String(at.at(-1))) || at.includes("vars")))
    .map(({ at, value }) => ({ at, from: value, line: lineAt(text, at) }));
}

function* values(value: unknown, at: Path): Generator<{ at: (string | number)[]; value: string }> {
  if (typeof value === "string") yield { at: [...at], value };
  else if (Array.isArray(value)) for (const [index, inner] of value.entries()) yield* values(inner, [...at, index]);
  else if (isObject(value)) for (const [key, inner] of Object.entries(value)) yield* values(inner, [...at, key]);
}

function mentionsIn(
  project: Project,
  path: string,
  next: ReadonlyMap<string, string>,
  edited: readonly number[],
  others: readonly string[],
): Mention[] {
  const names = [...next.keys()].map((name) => name.replaceAll(/[^\w]/g, "\\$&"));
  const word = new RegExp(`(?<![\\w-])(${names.join("|")})(?![\\w-])`);
  const built = [...next.keys()].flatMap((name) => builtNamePattern(name) ?? []).map((pattern) => new RegExp(pattern));
  const file = relative(project.folder, path);
  return readText(path)
    .split("\n")
    .flatMap((text, index) => {
      const line = index + 1;
      const code = text.replace(/(^|\s)#.*$/, "");
      const isWhole = word.test(code);
      if (edited.includes(line) || !(isWhole || built.some((pattern) => pattern.test(code)))) return [];
      if (isOfParallelRun(project, path, line)) return [];
      const why = !isWhole
        ? "it may put a name together from parts"
        : others.length > 0 && /\.ya?ml$/.test(path)
          ? `the environments ${others.join(", ")} read it too`
          : "it is no setting of a schema";
      return [{ file, line, text: text.trim().slice(0, 120), why }];
    });
}

/** The section that says what the cutover is. */
function isOfParallelRun(project: Project, path: string, line: number): boolean {
  const file = project.parsed.files.find((each) => each.path === path);
  if (file === undefined) return false;
  const from = file.locate(["parallel_run"]).line;
  if (from === undefined || line < from) return false;
  const tops = Object.keys(file.file).map((key) => file.locate([key]).line ?? 0);
  return !tops.some((top) => top > from && top <= line);
}

const lineOf = (path: string, { path: at }: FileEdit): number => lineAt(readText(path), at);

function lineAt(text: string, at: Path): number {
  const node = parseDocument(text).getIn(at, true) as { range?: [number, number, number] } | undefined;
  return node?.range === undefined ? 0 : text.slice(0, node.range[0]).split("\n").length;
}

/** Keeps the quotes, so that the way back gives the same bytes. undefined: the value is not written as one plain word. */
function replaceWord(text: string, at: Path, wanted: string): string | undefined {
  const [start, end] = (parseDocument(text).getIn(at, true) as { range?: [number, number, number] } | undefined)?.range ?? [0, 0];
  const written = /^(["']?)[A-Za-z_][\w.-]*\1$/.exec(text.slice(start, end));
  if (written === null || !/^[A-Za-z_][\w.-]*$/.test(wanted)) return undefined;
  const replaced = `${text.slice(0, start)}${written[1]}${wanted}${written[1]}${text.slice(end)}`;
  return valueAt(replaced, at) === wanted ? replaced : undefined;
}

const valueAt = (text: string, at: Path): unknown => parseDocument(text).getIn(at);

/** The projects of dbt that the environment's plugins name. */
function dbtFolders(project: Project, environment: string): string[] {
  const { plugins = {}, environments = {} } = project.parsed.file;
  const entries = [...Object.values(plugins), ...Object.values(environments[environment]?.plugins ?? {})];
  const folders = entries.flatMap((entry) => {
    const folder = isObject(entry) && isObject(entry.config) ? entry.config.project_dir : undefined;
    return typeof folder === "string" && !folder.startsWith("$") ? [resolve(project.folder, folder)] : [];
  });
  return [...new Set(folders)].filter((folder) => existsSync(join(folder, "dbt_project.yml")));
}

const skipped = new Set(["target", "logs", "dbt_packages", "node_modules", ".git", ".venv", "venv"]);

/** Text files that a dbt project is made of. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return skipped.has(entry.name) ? [] : filesBelow(path);
      return entry.isFile() && /\.(ya?ml|sql|py)$/.test(entry.name) && isSmall(path) ? [path] : [];
    });
}

const isSmall = (path: string): boolean => readFileSync(path).length < 2 ** 20;

function unique(edits: readonly FileEdit[]): FileEdit[] {
  return [...new Map(edits.map((edit) => [JSON.stringify([edit.file, edit.path]), edit])).values()];
}
