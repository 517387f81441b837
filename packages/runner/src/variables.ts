/** `$VAR` and `${VAR}` in config values, replaced from the environment; `$$` is a dollar sign. */
import { isExactNumber } from "@tapline/protocol";

export interface Substitution<T> {
  value: T;
  /** Names of variables that are not set, each with the path of the value that wants it. */
  missing: { variable: string; path: (string | number)[] }[];
  /** Values that came from variables with a secret's name. */
  used: Map<string, string>;
}

type Lookup = (variable: string) => string | undefined;

export function substituteVariables<T>(value: T, lookup: Lookup): Substitution<T> {
  const missing: Substitution<T>["missing"] = [];
  const used = new Map<string, string>();
  const visit = (node: unknown, path: (string | number)[]): unknown => {
    if (typeof node === "string") {
      return node.replaceAll(/\$\$|\$\{([A-Za-z_]\w*)\}|\$([A-Za-z_]\w*)/g, (whole, braced?: string, bare?: string) => {
        if (whole === "$$") return "$";
        const variable = braced ?? bare ?? "";
        const found = lookup(variable);
        if (found === undefined) missing.push({ variable, path });
        else used.set(variable, found);
        return found ?? "";
      });
    }
    if (Array.isArray(node)) return node.map((item, index) => visit(item, [...path, index]));
    if (typeof node !== "object" || node === null || isExactNumber(node)) return node;
    return Object.fromEntries(Object.entries(node).map(([key, inner]) => [key, visit(inner, [...path, key])]));
  };
  return { value: visit(value, []) as T, missing, used };
}
