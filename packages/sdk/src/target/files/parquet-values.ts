/** Values of Parquet columns as JSON values, exact. Pure. */
import { exactNumber } from "@tapline/protocol";
import type { FileMetaData, SchemaElement, SchemaTree } from "hyparquet";

type Convert = (value: unknown) => unknown;
type Broken = (reason: string) => Error;

const units = { MILLIS: 3, MICROS: 6, NANOS: 9 } as const;

/** Makes the library leave integers as they are stored where it would compute with them. Call it after `fieldConverters`. */
export function prepareSchema({ schema }: FileMetaData): void {
  for (const element of schema) {
    if (element.num_children !== undefined && element.num_children > 0) continue;
    if (!isComputed(element)) continue;
    delete element.converted_type;
    delete element.logical_type;
  }
}

/** By top-level column: what makes a JSON value of what the library reads, once `prepareSchema` was called. */
export function fieldConverters({ schema }: FileMetaData, broken: Broken): [name: string, convert: Convert][] {
  let next = 0;
  const build = (): SchemaTree => {
    const element = schema[next++] as SchemaElement;
    const children = Array.from({ length: element.num_children ?? 0 }, build);
    return { element: { ...element }, children, count: 0, path: [] };
  };
  return build().children.map((child) => [child.element.name, converter(child, broken)]);
}

function converter(node: SchemaTree, broken: Broken): Convert {
  const { element, children } = node;
  const one = children.length === 0 ? leaf(element, broken) : group(node, broken);
  const each: Convert = element.repetition_type === "REPEATED" ? (value) => (value as unknown[] | undefined)?.map(one) : one;
  return (value) => (value === null || value === undefined ? null : each(value));
}

function group({ element, children }: SchemaTree, broken: Broken): Convert {
  const [inner] = children;
  if (inner !== undefined && (element.converted_type === "LIST" || element.logical_type?.type === "LIST")) {
    const item =
      inner.children.length === 1
        ? (inner.children[0] as SchemaTree)
        : { ...inner, element: { ...inner.element, repetition_type: "OPTIONAL" as const } };
    const convert = converter(item, broken);
    return (value) => (value as unknown[]).map(convert);
  }
  if (inner !== undefined && (element.converted_type === "MAP" || element.logical_type?.type === "MAP")) {
    const convert = converter(inner.children[1] as SchemaTree, broken);
    return (value) => Object.fromEntries(Object.entries(value as object).map(([key, each]) => [key, convert(each)]));
  }
  const fields = children.map((child): [string, Convert] => [child.element.name, converter(child, broken)]);
  return (value) => Object.fromEntries(fields.map(([name, convert]) => [name, convert((value as Record<string, unknown>)[name])]));
}

function leaf(element: SchemaElement, broken: Broken): Convert {
  const { type, converted_type: converted, logical_type: logical, scale = 0, name } = element;
  if (converted === "DECIMAL" || logical?.type === "DECIMAL") return (value) => exactNumber(decimalText(integerOf(value), scale));
  if (converted === "DATE" || logical?.type === "DATE")
    return (value) => instantText(BigInt(value as number) * 86_400n, 0n, 0).split("T")[0];
  const time = timeOf(element);
  if (time !== undefined) return timeConverter(time);
  if (type === "INT96") throw broken(`column ${JSON.stringify(name)} holds times of the old type INT96`);
  if (type === "INT64") return (value) => exactNumber(String(value));
  if ((type === "BYTE_ARRAY" || type === "FIXED_LEN_BYTE_ARRAY") && !isText(element))
    return (value) => {
      if (!(value instanceof Uint8Array)) return value;
      throw broken(`column ${JSON.stringify(name)} holds bytes, which JSON can't carry`);
    };
  return (value) => value;
}

const isText = ({ converted_type: converted, logical_type: logical }: SchemaElement): boolean =>
  converted === "UTF8" || converted === "ENUM" || converted === "JSON" || ["STRING", "ENUM", "JSON", "UUID"].includes(logical?.type ?? "");

function isComputed({ converted_type: converted, logical_type: logical }: SchemaElement): boolean {
  return /^(DECIMAL|DATE|TIME)/.test(converted ?? "") || ["DECIMAL", "DATE", "TIME", "TIMESTAMP"].includes(logical?.type ?? "");
}

interface Time {
  /** Digits after the second. */
  digits: number;
  isOfDay: boolean;
  isUtc: boolean;
}

function timeOf({ converted_type: converted, logical_type: logical }: SchemaElement): Time | undefined {
  if (logical?.type === "TIMESTAMP" || logical?.type === "TIME")
    return { digits: units[logical.unit], isOfDay: logical.type === "TIME", isUtc: logical.isAdjustedToUTC === true };
  const match = /^(TIME|TIMESTAMP)_(MILLIS|MICROS)$/.exec(converted ?? "");
  return match === null ? undefined : { digits: units[match[2] as keyof typeof units], isOfDay: match[1] === "TIME", isUtc: true };
}

function timeConverter({ digits, isOfDay, isUtc }: Time): Convert {
  const perSecond = 10n ** BigInt(digits);
  return (value) => {
    const ticks = BigInt(value as number | bigint);
    const seconds = (ticks - (((ticks % perSecond) + perSecond) % perSecond)) / perSecond;
    const text = instantText(seconds, ticks - seconds * perSecond, digits);
    return isOfDay ? text.split("T")[1] : `${text}${isUtc ? "Z" : ""}`;
  };
}

/** `2026-01-02T03:04:05.123`, without zeros at the end. */
function instantText(seconds: bigint, fraction: bigint, digits: number): string {
  const whole = new Date(Number(seconds) * 1000).toISOString().slice(0, -5);
  const after = digits === 0 ? "" : String(fraction).padStart(digits, "0").replace(/0+$/, "");
  return after === "" ? whole : `${whole}.${after}`;
}

function integerOf(value: unknown): bigint {
  if (!(value instanceof Uint8Array)) return BigInt(value as number | bigint);
  return value.length === 0 ? 0n : BigInt.asIntN(value.length * 8, BigInt(`0x${Buffer.from(value).toString("hex")}`));
}

function decimalText(unscaled: bigint, scale: number): string {
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, "0");
  const whole = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  return unscaled < 0n ? `-${whole}` : whole;
}
