/**
 * Replaces references in config values: `$VAR` and `${VAR}` by a variable (`$$` is a dollar sign), `{ $file: PATH }` by a file's text,
 * `{ $command: [PROGRAM, …] }` by what a program prints. Pure: `Sources` reads and runs.
 */
import { isExactNumber, isObject } from "@tapline/protocol";

export interface Substitution<T> {
  value: T;
  /** Variables that are not set, each with the path of the value that uses it. */
  missing: { variable: string; path: (string | number)[] }[];
  /** Values of the variables that were used, by name. */
  used: Map<string, string>;
  /** Values that came from files and commands. */
  fetched: string[];
}

export type Reference = { kind: "file"; argument: unknown } | { kind: "command"; argument: unknown };

export interface Sources {
  variable(name: string): string | undefined;
  fetch(reference: Reference, path: readonly (string | number)[]): string;
}

/** A text that consists of nothing but variables that are not set, once they are left out. */
const nothing = Symbol("nothing");

/** `isLenient`: a variable that is not set is empty, and a value of an object that is nothing else is left out. */
export function substituteVariables<T>(value: T, sources: Sources, { isLenient = false } = {}): Substitution<T> {
  const missing: Substitution<T>["missing"] = [];
  const used = new Map<string, string>();
  const fetched: string[] = [];
  const visit = (node: unknown, path: (string | number)[]): unknown => {
    if (typeof node === "string") {
      const text = node.replaceAll(/\$\$|\$\{([A-Za-z_]\w*)\}|\$([A-Za-z_]\w*)/g, (whole, braced?: string, bare?: string) => {
        if (whole === "$$") return "$";
        const variable = braced ?? bare ?? "";
        const found = sources.variable(variable);
        if (found !== undefined) used.set(variable, found);
        else if (!isLenient) missing.push({ variable, path });
        return found ?? "";
      });
      return isLenient && node !== "" && text === "" ? nothing : text;
    }
    if (Array.isArray(node)) return node.map((item, index) => visit(item, [...path, index])).map((item) => (item === nothing ? "" : item));
    if (typeof node !== "object" || node === null || isExactNumber(node)) return node;
    const reference = readReference(node);
    if (reference === undefined) {
      const entries = Object.entries(node).map(([key, inner]): [string, unknown] => [key, visit(inner, [...path, key])]);
      return Object.fromEntries(entries.filter(([, inner]) => inner !== nothing));
    }
    const text = sources.fetch(reference, path);
    fetched.push(text);
    return text;
  };
  return { value: visit(value, []) as T, missing, used, fetched };
}

/** Writes a text so that `substituteVariables` gives it back. */
export function escapeDollars(text: string): string {
  return text.replaceAll("$", "$$$$");
}

/** undefined: the value is no reference. */
export function readReference(value: unknown): Reference | undefined {
  if (!isObject(value)) return undefined;
  const [[key, argument] = []] = Object.entries(value).length === 1 ? Object.entries(value) : [];
  if (key === "$file") return { kind: "file", argument };
  if (key === "$command") return { kind: "command", argument };
  return undefined;
}
