/** Jinja expressions of a manifest: those that name a place become ours; what computes is told to the caller and stays as it is. */

/** `names` has names of partitions, each with our place. @param note gets an expression that can't be said */
export function template(
  text: string,
  note: (expression: string) => void,
  names: ReadonlyMap<string, string> = new Map(),
  parameters: Record<string, unknown> = {},
): string {
  return text.replace(/\{\{\s*(.*?)\s*\}\}/gs, (whole, expression: string) => {
    const place = placeOf(expression, names, parameters);
    if (place === undefined) note(expression);
    return place ?? whole;
  });
}

function placeOf(expression: string, names: ReadonlyMap<string, string>, parameters: Record<string, unknown>): string | undefined {
  const path = dotted(withoutGet(expression));
  if (path === undefined) return /^(["'])([^"']*)\1$/.exec(expression)?.[2];
  const [root = "", ...rest] = path;
  const name = rest.join(".");
  if (root === "config" && rest.length > 0) return `{{ config.${rest.join("_")} }}`;
  if (root === "record" && rest.length > 0) return `{{ record.${name} }}`;
  if ((root === "stream_partition" || root === "stream_slice") && names.has(name)) return `{{ ${names.get(name)} }}`;
  if (root === "stream_interval" || root === "stream_slice") {
    if (name === "start_time") return "{{ start }}";
    if (name === "end_time") return "{{ end }}";
  }
  if (root === "parameters") return rest.length === 1 && parameters[name] !== undefined ? String(parameters[name]) : undefined;
  return undefined;
}

/** `a.get('b')` is `a['b']`, also where what stands for a missing value is none or nothing. */
export const withoutGet = (expression: string): string =>
  expression.replace(/\.get\(\s*(["'])([^"']+)\1\s*(?:,\s*(?:\{\}|\[\]|""|''|None|none))?\s*\)/g, "['$2']");

/** The names of `a['b'].c`; undefined: it is something else. */
export function dotted(expression: string): string[] | undefined {
  if (!/^[A-Za-z_$]\w*(\.\w+|\[\s*(["'])[^"'\]]*\2\s*\])*$/.test(expression.trim())) return undefined;
  return [...expression.matchAll(/\[\s*["']([^"'\]]*)["']\s*\]|([A-Za-z_$]\w*)/g)].map(([, quoted, plain]) => quoted ?? (plain as string));
}

/** A path of ours for names. */
export const pathOf = (names: readonly string[]): string =>
  `$${names.map((name) => (/^[\w-]+$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`)).join("")}`;

/** Keys: "id", ["a", "b"], or [["a"], ["b"]]. */
export function keyPaths(given: unknown): string[] {
  const list = Array.isArray(given) ? given : given === undefined || given === null || given === "" ? [] : [given];
  return list.map((key) => (Array.isArray(key) ? key.join(".") : String(key))).filter((key) => !key.includes("{{"));
}
