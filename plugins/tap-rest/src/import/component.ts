/** Components of a low-code manifest: plain objects, with references to others and parameters that go down to those inside. */
import { isObject } from "@tapline/protocol";

export interface Component {
  type?: string;
  name?: unknown;
  $parameters?: Record<string, unknown>;
  retriever?: Component;
  // biome-ignore lint/suspicious/noExplicitAny: a manifest may have anything.
  [field: string]: any;
}

/** Notes of what is not said, each once. */
export class Notes {
  readonly #notes = new Set<string>();

  add(stream: string, what: string): void {
    this.#notes.add(`${stream === "" ? "" : `stream ${JSON.stringify(stream)}: `}${what} can't be said by a description`);
  }

  get all(): string[] {
    return [...this.#notes];
  }
}

const deepest = 60;

/** The value with all `$ref`s replaced and parameters handed down. A reference in a circle stays empty. */
export function resolveRefs(value: unknown, root: unknown, parameters: Record<string, unknown> = {}, depth = 0): unknown {
  if (depth > deepest) return {};
  if (Array.isArray(value)) return value.map((item) => resolveRefs(item, root, parameters, depth + 1));
  if (typeof value === "string" && value.startsWith("#/")) return resolveRefs(lookUp(value, root), root, parameters, depth + 1);
  if (!isObject(value)) return value;
  const { $ref, ...own } = value;
  const base = typeof $ref === "string" ? lookUp($ref, root) : undefined;
  const whole: Record<string, unknown> = { ...(isObject(base) ? base : {}), ...own };
  const inherited = { ...parameters, ...((whole.$parameters as object | undefined) ?? {}) };
  const resolved: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(whole))
    resolved[name] = name === "$parameters" ? inherited : name === "schema" ? inner : resolveRefs(inner, root, inherited, depth + 1);
  if (resolved.type !== undefined || "$parameters" in resolved) resolved.$parameters = inherited;
  for (const name of ["name", "path", "primary_key", "url_base", "field_path"])
    if (resolved[name] === undefined && inherited[name] !== undefined && typeof resolved.type === "string")
      fillIn(resolved, name, inherited[name]);
  if (isObject(resolved.schema) && typeof resolved.schema.$ref === "string") resolved.schema = lookUp(resolved.schema.$ref, root);
  return resolved;
}

/** Parameters are for the component that has such a field. */
const owners: Record<string, RegExp> = {
  name: /Stream$/,
  primary_key: /Stream$/,
  path: /Requester$/,
  url_base: /Requester$/,
  field_path: /Extractor$/,
};

function fillIn(component: Record<string, unknown>, name: string, value: unknown): void {
  if (owners[name]?.test(String(component.type)) === true) component[name] = value;
}

function lookUp(reference: string, root: unknown): unknown {
  return reference
    .slice(2)
    .split("/")
    .reduce<unknown>(
      (value, name) => (typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined),
      root,
    );
}
