/** Values as text, as Python's `str` and `repr` write them, and as JSON. */
import { spend } from "../language/budget.ts";
import { ExpressionError } from "../language/expression-error.ts";
import { DateOnly, DateTime, Duration, dateText, dateTimeText, durationText, offsetText, Zone } from "./date-time.ts";
import { Decimal, decimalText } from "./decimal.ts";
import { floatText } from "./numbers.ts";
import { Tuple, typeName, type Value } from "./value.ts";

/** As Python's `str`. @throws ExpressionError */
export function toText(value: Value): string {
  if (typeof value === "string") return value;
  if (value instanceof DateTime) return dateTimeText(value, " ");
  if (value instanceof DateOnly) return dateText(value);
  if (value instanceof Duration) return durationText(value);
  if (value instanceof Zone) return value.offset === 0n ? "UTC" : `UTC${offsetText(value.offset)}`;
  return spent(represent(value));
}

/** As Python's `repr`, of values that JSON has. */
function represent(value: Value): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "number") return floatText(value);
  if (typeof value === "string") return quoted(value);
  if (value instanceof Decimal) return decimalText(value);
  if (Array.isArray(value)) return `[${joined(value, representItem)}]`;
  if (value instanceof Tuple) return `(${joined(value.items, representItem)}${value.items.length === 1 ? "," : ""})`;
  if (value instanceof Map) return `{${joined([...value], ([key, item]) => `${representItem(key)}: ${representItem(item)}`)}}`;
  throw new ExpressionError(`${typeName(value)} inside a list or a dict can't be made a text`);
}

const representItem = (value: Value): string => (value instanceof Decimal ? `Decimal('${decimalText(value)}')` : represent(value));

function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const inside = text.replaceAll(/[\\'"\n\r\t]|\p{Cc}/gu, (char) => {
    if (char === "'" || char === '"') return char === quote ? `\\${char}` : char;
    const known: Readonly<Record<string, string>> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };
    return known[char] ?? `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
  return quote + inside + quote;
}

/** How JSON is written. Undefined settings are Python's defaults. */
export interface JsonForm {
  /** For what JSON can't hold: `default=str`. */
  other?: ((value: Value) => Value) | undefined;
  separators: readonly [item: string, key: string];
  indent?: string | undefined;
  ascii: boolean;
  sorted: boolean;
}

/** As Python's `json.dumps`. Decimals are numbers, unless `other` makes something else of them. @throws ExpressionError */
export function toJson(value: Value, form: JsonForm, depth = 0): string {
  if (depth > 100) throw new ExpressionError("the value is nested too deeply for JSON");
  if (value === null) return "null";
  if (typeof value === "boolean" || typeof value === "bigint") return value.toString();
  if (typeof value === "string") return spent(jsonText(value, form.ascii));
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new ExpressionError(`JSON has no ${floatText(value)}`);
    return floatText(value);
  }
  if (value instanceof Decimal && form.other === undefined) return decimalText(value);
  if (Array.isArray(value) || value instanceof Tuple) {
    const items = value instanceof Tuple ? value.items : value;
    return wrapped(
      items.map((item) => toJson(item, form, depth + 1)),
      "[]",
      form,
      depth,
    );
  }
  if (value instanceof Map) {
    const entries = [...value].map(([key, item]): [string, Value] => [keyText(key), item]);
    if (form.sorted) entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    const texts = entries.map(([key, item]) => `${jsonText(key, form.ascii)}${form.separators[1]}${toJson(item, form, depth + 1)}`);
    return wrapped(texts, "{}", form, depth);
  }
  if (form.other === undefined) throw new ExpressionError(`JSON has no ${typeName(value)}: json.dumps(…, default=str) writes it as text`);
  return toJson(form.other(value), { ...form, other: undefined }, depth + 1);
}

function wrapped(texts: readonly string[], [open, close]: string, { separators: [comma], indent }: JsonForm, depth: number): string {
  if (texts.length === 0) return `${open}${close}`;
  if (indent === undefined) return spent(`${open}${texts.join(comma)}${close}`);
  const line = `\n${indent.repeat(depth + 1)}`;
  return spent(`${open}${line}${texts.join(`${comma.trimEnd()}${line}`)}\n${indent.repeat(depth)}${close}`);
}

function jsonText(text: string, ascii: boolean): string {
  const plain = JSON.stringify(text);
  if (!ascii) return plain;
  return plain.replaceAll(/[\u007f-\uffff]/g, (unit) =>
    unit === "\u007f" ? unit : `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Python makes texts of keys that are none. */
function keyText(key: Value): string {
  if (typeof key === "string") return key;
  if (key === null || typeof key === "boolean") return key === null ? "null" : String(key);
  if (typeof key === "bigint" || typeof key === "number") return represent(key);
  throw new ExpressionError(`a key of JSON must be a text, but is ${typeName(key)}`);
}

function joined<T>(items: readonly T[], write: (item: T) => string): string {
  return items.map((item) => spent(write(item))).join(", ");
}

function spent(text: string): string {
  spend(text.length);
  return text;
}
