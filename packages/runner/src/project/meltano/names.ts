/** How Meltano names variables, and how its texts refer to them. Pure. */
import { isObject } from "@tapline/protocol";

/** `tap-github`, `auth.token`: TAP_GITHUB_AUTH_TOKEN. */
export function variableName(...parts: readonly string[]): string {
  return parts
    .filter((part) => part !== "")
    .map((part) => part.replaceAll(/[^A-Za-z0-9]/g, "_").toUpperCase())
    .join("_");
}

/** `$NAME` in capitals or `${name}`; a backslash before it makes it text. */
const reference = /(\\)?\$(?:\{(\w+)\}|([A-Z][A-Z0-9_]*))/g;

/** A text that refers to the same variables in tapline. There, `$$` is a dollar sign, and `$name` in small letters refers too. */
export function inOurs(text: string): string {
  let end = 0;
  let ours = "";
  const plain = (part: string): string => part.replaceAll(/\$(?=[$A-Za-z_{]|$)/g, "$$$$");
  for (const match of text.matchAll(reference)) {
    const [whole, escaped, braced, bare] = match;
    ours += plain(text.slice(end, match.index));
    end = match.index + whole.length;
    const name = braced ?? bare ?? "";
    const isFollowed = /^\w/.test(text.slice(end));
    if (escaped !== undefined) ours += braced === undefined ? `$$${name}` : `$\${${name}}`;
    else ours += braced !== undefined || isFollowed ? `\${${name}}` : `$${name}`;
  }
  return ours + plain(text.slice(end));
}

/** The text with the values of its variables; one that is not set is empty. */
export function expand(text: string, variable: (name: string) => string | undefined): string {
  return text.replaceAll(reference, (_whole, escaped?: string, braced?: string, bare?: string) => {
    if (escaped !== undefined) return braced === undefined ? `$${bare}` : `\${${braced}}`;
    return variable(braced ?? bare ?? "") ?? "";
  });
}

export function refersToVariable(text: string): boolean {
  return [...text.matchAll(reference)].some(([, escaped]) => escaped === undefined);
}

/** Applies `change` to every text in a value. */
export function mapTexts(value: unknown, change: (text: string) => unknown): unknown {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, mapTexts(inner, change)]));
}
