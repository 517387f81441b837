/**
 * Checks a value against the part of JSON Schema that the form of tapline.yml uses. Pure. Ajv takes longer to compile that schema than a
 * small run takes, and of a value that may have several forms it reports only that none fits.
 */
import { didYouMean, isExactNumber } from "@tapline/protocol";

export interface Form {
  type?: string;
  const?: unknown;
  enum?: readonly unknown[];
  anyOf?: readonly Form[];
  properties?: Readonly<Record<string, Form>>;
  patternProperties?: Readonly<Record<string, Form>>;
  additionalProperties?: unknown;
  required?: readonly string[];
  items?: Form;
  minItems?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  minimum?: number;
  exclusiveMinimum?: number;
  maximum?: number;
}

export interface Problem {
  problem: string;
  path: string[];
}

export function* checkForm(form: Form, value: unknown, path: string[] = []): Generator<Problem> {
  const name = path.join(".") || "the file";
  if (form.anyOf !== undefined) {
    yield* checkForms(form.anyOf, value, path);
  } else if (form.const !== undefined && value !== form.const) {
    yield { problem: `${name} must be ${JSON.stringify(form.const)}`, path };
  } else if (form.enum !== undefined && !form.enum.includes(value)) {
    const names = form.enum.map(String);
    yield { problem: `${name} must be ${names.join(" or ")}${meantText(value, names)}`, path };
  } else if (form.type !== undefined && !isOfType(form.type, value)) {
    yield { problem: `${name} must be ${typeNames[form.type] ?? form.type}`, path };
  } else {
    const limit = beyondLimit(form, value);
    if (limit !== undefined) yield { problem: `${name} must ${limit}`, path };
    if (Array.isArray(value))
      for (const [index, item] of value.entries()) yield* checkForm(form.items ?? {}, item, [...path, String(index)]);
    else if (form.type === "object") yield* checkKeys(form, value as object, path);
  }
}

/** Reports the problems of the form that fits best: among those of the value's type, the one with the fewest problems. */
function* checkForms(forms: readonly Form[], value: unknown, path: string[]): Generator<Problem> {
  const fitting = forms.filter((form) => form.const === undefined && (form.type === undefined || isOfType(form.type, value)));
  const tried = fitting.map((form) => [...checkForm(form, value, path)]);
  const best = tried.sort((a, b) => a.length - b.length)[0];
  if (best !== undefined) yield* best;
  else if (!forms.some((form) => form.const !== undefined && form.const === value)) {
    const names = forms.map((form) => (form.const === undefined ? (typeNames[form.type ?? ""] ?? "something else") : String(form.const)));
    yield { problem: `${path.join(".") || "the file"} must be ${names.join(" or ")}${meantText(value, names)}`, path };
  }
}

function* checkKeys(form: Form, value: object, path: string[]): Generator<Problem> {
  const patterns = Object.entries(form.patternProperties ?? {});
  for (const [key, inner] of Object.entries(value)) {
    const own = form.properties !== undefined && Object.hasOwn(form.properties, key) ? form.properties[key] : undefined;
    const known = own ?? patterns.find(([pattern]) => new RegExp(pattern, "u").test(key))?.[1];
    if (known !== undefined) yield* checkForm(known, inner, [...path, key]);
    else if (form.additionalProperties === false || patterns.length > 0) {
      const meant = meantText(key, Object.keys(form.properties ?? {}));
      yield { problem: `unknown key ${[...path, key].join(".")}${meant}`, path: [...path, key] };
    }
  }
  for (const key of form.required ?? []) if (!Object.hasOwn(value, key)) yield { problem: `${[...path, key].join(".")} is missing`, path };
}

function meantText(word: unknown, known: readonly string[]): string {
  const meant = typeof word === "string" ? didYouMean(word, known) : undefined;
  return meant === undefined ? "" : `, did you mean ${meant}?`;
}

function beyondLimit(form: Form, value: unknown): string | undefined {
  if (typeof value === "string") {
    if (value.length < (form.minLength ?? 0)) return "not be empty";
    if (value.length > (form.maxLength ?? Number.POSITIVE_INFINITY)) return `have at most ${form.maxLength} characters`;
    if (form.pattern !== undefined && !new RegExp(form.pattern, "u").test(value)) return `match ${form.pattern}`;
  }
  if (Array.isArray(value) && value.length < (form.minItems ?? 0))
    return `have at least ${form.minItems} item${form.minItems === 1 ? "" : "s"}`;
  if (typeof value === "number" && value < (form.minimum ?? Number.NEGATIVE_INFINITY)) return `be at least ${form.minimum}`;
  if (typeof value === "number" && value <= (form.exclusiveMinimum ?? Number.NEGATIVE_INFINITY))
    return `be more than ${form.exclusiveMinimum}`;
  if (typeof value === "number" && value > (form.maximum ?? Number.POSITIVE_INFINITY)) return `be at most ${form.maximum}`;
  return undefined;
}

/** Types of JSON Schema in the words of messages. */
export const typeNames: Readonly<Record<string, string>> = {
  string: "text",
  array: "a list",
  object: "an object",
  null: "empty",
  integer: "a whole number",
  number: "a number",
  boolean: "true or false",
};

function isOfType(type: string, value: unknown): boolean {
  if (type === "null") return value === null;
  if (type === "array") return Array.isArray(value);
  if (type === "integer") return Number.isInteger(value);
  if (type === "object") return typeof value === "object" && value !== null && !Array.isArray(value) && !isExactNumber(value);
  return typeof value === type;
}
