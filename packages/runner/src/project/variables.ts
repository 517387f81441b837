/**
 * References in config values, replaced when a plugin is started: `$VAR` and `${VAR}` by a variable (`$$` is a dollar
 * sign), `{ $file: PATH }` by a file's text, `{ $command: [PROGRAM, …] }` by what a program prints.
 */
import { isExactNumber, isObject } from "@tapline/protocol";

export interface Substitution<T> {
  value: T;
  /** Names of variables that are not set, each with the path of the value that wants it. */
  missing: { variable: string; path: (string | number)[] }[];
  /** Values by the variable they came from. */
  used: Map<string, string>;
  /** What came from files and commands. */
  fetched: string[];
}

export type Reference = { kind: "file"; argument: unknown } | { kind: "command"; argument: unknown };

export interface Sources {
  variable(name: string): string | undefined;
  fetch(reference: Reference, path: readonly (string | number)[]): string;
}

export function substituteVariables<T>(value: T, sources: Sources): Substitution<T> {
  const missing: Substitution<T>["missing"] = [];
  const used = new Map<string, string>();
  const fetched: string[] = [];
  const visit = (node: unknown, path: (string | number)[]): unknown => {
    if (typeof node === "string") {
      return node.replaceAll(/\$\$|\$\{([A-Za-z_]\w*)\}|\$([A-Za-z_]\w*)/g, (whole, braced?: string, bare?: string) => {
        if (whole === "$$") return "$";
        const variable = braced ?? bare ?? "";
        const found = sources.variable(variable);
        if (found === undefined) missing.push({ variable, path });
        else used.set(variable, found);
        return found ?? "";
      });
    }
    if (Array.isArray(node)) return node.map((item, index) => visit(item, [...path, index]));
    if (typeof node !== "object" || node === null || isExactNumber(node)) return node;
    const reference = readReference(node);
    if (reference === undefined) return Object.fromEntries(Object.entries(node).map(([key, inner]) => [key, visit(inner, [...path, key])]));
    const text = sources.fetch(reference, path);
    fetched.push(text);
    return text;
  };
  return { value: visit(value, []) as T, missing, used, fetched };
}

/** undefined for an ordinary value. */
export function readReference(value: unknown): Reference | undefined {
  if (!isObject(value)) return undefined;
  const [[key, argument] = []] = Object.entries(value).length === 1 ? Object.entries(value) : [];
  if (key === "$file") return { kind: "file", argument };
  if (key === "$command") return { kind: "command", argument };
  return undefined;
}
