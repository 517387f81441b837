/**
 * Secrets are recognised by value: what a config holds as secret is replaced in every text that a process prints or stores.
 * Values of fewer than four characters stay: replacing "1" or "abc" would make every text unreadable.
 */
import { isExactNumber, isObject } from "../wire/json.ts";

/** Replaces the secrets in a text by "***". */
export type Redact = (text: string) => string;

const minSecretLength = 4;

/** What redaction reads of a setting's JSON Schema. */
export interface SecretSchema {
  secret?: boolean;
  properties?: Record<string, SecretSchema>;
  patternProperties?: Record<string, SecretSchema>;
  additionalProperties?: boolean | SecretSchema;
  items?: SecretSchema | SecretSchema[];
  anyOf?: SecretSchema[];
  oneOf?: SecretSchema[];
  allOf?: SecretSchema[];
}

const secretName = /pass(word|wd|phrase)|secret|token$|api_?key|private_?key|access_?key|credential|authorization/i;

/** Where a secret is, which is none: "private_key_path". */
const placeName = /(?:[_-](?:path|file)|[a-z](?:Path|File)|_PATH|_FILE)$/;

/** Whether a setting, variable or header of this name holds a secret: "db_password", "API_KEY"; not the path of a file with one. */
export function isSecretName(name: string): boolean {
  return secretName.test(name) && !placeName.test(name);
}

/**
 * The secrets in a config: texts and numbers, at any depth, of settings that the schema marks `secret` or whose name is a secret's
 * (`isSecretName`), everything inside such a setting, and passwords in URLs. `schema` may be {} where none is known.
 */
export function* secretValues(config: unknown, schema: SecretSchema): Generator<string> {
  yield* valuesIn(config, variants(schema), false);
}

function* valuesIn(value: unknown, schemas: readonly SecretSchema[], isInSecret: boolean): Generator<string> {
  const isSecret = isInSecret || schemas.some(({ secret }) => secret === true);
  if (typeof value === "string") {
    if (isSecret) yield value;
    const password = /^[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*:([^\s@/]+)@/i.exec(value)?.[1];
    if (password !== undefined) yield password;
  } else if (typeof value === "number" || isExactNumber(value)) {
    if (isSecret) yield JSON.stringify(value);
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries())
      yield* valuesIn(
        item,
        schemas.flatMap((schema) => itemSchemas(schema, index)),
        isSecret,
      );
  } else if (isObject(value)) {
    for (const [name, inner] of Object.entries(value)) {
      const below = schemas.flatMap((schema) => propertySchemas(schema, name));
      yield* valuesIn(inner, below, isSecret || isSecretName(name));
    }
  }
}

/** The schema and the alternatives in it: a value may be of any of them. */
function variants(schema: SecretSchema | boolean | undefined): SecretSchema[] {
  if (!isObject(schema)) return [];
  const { anyOf = [], oneOf = [], allOf = [] } = schema as SecretSchema;
  return [schema, ...[...anyOf, ...oneOf, ...allOf].flatMap(variants)];
}

function propertySchemas({ properties = {}, patternProperties = {}, additionalProperties }: SecretSchema, name: string): SecretSchema[] {
  const own = Object.hasOwn(properties, name) ? properties[name] : undefined;
  return [own, ...Object.values(patternProperties), additionalProperties].flatMap(variants);
}

function itemSchemas({ items }: SecretSchema, index: number): SecretSchema[] {
  return variants(Array.isArray(items) ? items[index] : items);
}

/** A function that replaces these secrets by "***", also where they are spelled as in JSON or in a URL, and the password of any URL. */
export function redactor(secrets: Iterable<string>): Redact {
  const long = [...new Set(secrets)].filter((value) => value.length >= minSecretLength).sort((a, b) => b.length - a.length);
  const spellings = new Set(long.flatMap((value) => [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value)]));
  return (text) => {
    let clean = text;
    for (const spelling of spellings) clean = clean.replaceAll(spelling, "***");
    // The length of a scheme is bounded, or a long text of dots and letters would take quadratic time.
    return clean.replaceAll(/(\b[a-z][a-z0-9+.-]{0,30}:\/\/[^\s:/@]*):[^\s@/]+@/gi, "$1:***@");
  };
}

/** A copy of a JSON value with the secrets in its texts replaced. Numbers and names of fields stay. */
export function redactDeep<T>(value: T, redact: Redact): T {
  return redactFields(value, redact, noFields);
}

/** Like `redactDeep`, for an event: fields whose values are words of the contract stay, so that a password "error" can't change what it means. */
export function redactEvent<T extends object>(event: T, redact: Redact): T {
  return redactFields(event, redact, contractFields);
}

const noFields: ReadonlySet<string> = new Set();
const contractFields: ReadonlySet<string> = new Set(["type", "kind", "level", "metric", "class", "recovery", "status"]);

function redactFields<T>(value: T, redact: Redact, kept: ReadonlySet<string>): T {
  if (typeof value === "string") return redact(value) as T;
  if (Array.isArray(value)) return value.map((item) => redactFields(item, redact, kept)) as T;
  if (typeof value !== "object" || value === null || isExactNumber(value)) return value;
  const fields = Object.entries(value).map(([key, inner]) => [key, kept.has(key) ? inner : redactFields(inner, redact, kept)]);
  return Object.fromEntries(fields) as T;
}
