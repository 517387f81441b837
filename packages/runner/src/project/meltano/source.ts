/** What a Meltano project consists of, once it is read: meltano.yml with the files it includes, and the definitions in plugins/. Pure. */
import { isObject } from "@tapline/protocol";
import type { FilePosition } from "../../model/file-position.ts";
import type { Path } from "../../model/project.ts";
import { mergeDeep } from "../merge.ts";
import type { YamlFile } from "../yaml-file.ts";

export interface MeltanoSource {
  folder: string;
  /** meltano.yml first. */
  files: readonly YamlFile[];
  locks: Locks;
}

/** The definitions in plugins/, by their path in it without `.lock`: `extractors/tap-github--meltanolabs`. */
export interface Locks {
  names: readonly string[];
  /** undefined: there is none of this name. */
  read(name: string): Readonly<Record<string, unknown>> | undefined;
}

/** One plugin, environment, job or schedule, and where it is. */
export interface Item {
  name: string;
  value: Readonly<Record<string, unknown>>;
  file: YamlFile;
  path: Path;
}

/** The named items of a list, over all files. Others are left out: Meltano could not use them either. */
export function itemsAt({ files }: Pick<MeltanoSource, "files">, path: Path): Item[] {
  return files.flatMap((file) => itemsIn(file, file.value, path));
}

/** Of a list that is inside `above`, which is at the path `at` of the file. */
export function itemsIn(file: YamlFile, above: unknown, path: Path, at: Path = []): Item[] {
  const list = path.reduce<unknown>((value, key) => (isObject(value) ? value[String(key)] : undefined), above);
  if (!Array.isArray(list)) return [];
  return list.flatMap((value, index) => {
    if (!isObject(value) || (typeof value.name !== "string" && typeof value.name !== "number")) return [];
    return [{ name: String(value.name), value, file, path: [...at, ...path, index] }];
  });
}

/** A key of the top level; objects of several files are merged. */
export function rootValue({ files }: Pick<MeltanoSource, "files">, key: string): unknown {
  return files.reduce<unknown>((under, { value }) => mergeDeep(under, isObject(value) ? value[key] : undefined), undefined);
}

export function positionOf({ file, path }: Pick<Item, "file" | "path">, ...more: Path): FilePosition {
  const whole = [...path, ...more];
  return { file: file.path, ...file.locate(...whole.map((_, index) => whole.slice(0, whole.length - index))) };
}

export function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return value === "" ? undefined : value;
  return typeof value === "number" ? String(value) : undefined;
}

/** An object of texts, such as `env`. Other values become text as Meltano writes them. */
export function textsOf(value: unknown): Record<string, string> {
  if (!isObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, each]) => (each === null || each === undefined ? [] : [[name, asText(each)]])),
  );
}

/** A value as the text of a variable. */
export function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
