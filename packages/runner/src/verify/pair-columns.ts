/** Which columns of two tables belong together, and as what kind their values are compared. Pure. */
import type { DescribedColumn, DescribedTable, DigestColumn, DigestKind } from "@tapline/protocol";
import { didYouMean } from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { VerifyFinding } from "../model/verify-report.ts";
import type { Comparison } from "../model/verify-schema.ts";
import { isNamedBy } from "../project/glob.ts";

export interface ColumnPair {
  here: DescribedColumn;
  there: DescribedColumn;
  kind: DigestKind;
  digits?: number;
  tolerance?: number;
}

export interface PairedColumns {
  pairs: readonly ColumnPair[];
  /** By the names of the first side. */
  key: readonly string[];
  findings: readonly VerifyFinding[];
}

/** @throws verify_column_unknown, verify_no_columns, verify_key_unfit */
export function pairColumns(here: DescribedTable, there: DescribedTable, comparison: Comparison): PairedColumns {
  const { rename = {}, schema = "columns" } = comparison;
  checkNames(here, comparison);
  const findings: VerifyFinding[] = [];
  const level = schema === "off" ? "note" : "difference";
  const key = keyOf(here, there, comparison);
  const wanted = here.columns.filter(({ name }) => isWanted(name, comparison, key));
  const pairs: ColumnPair[] = [];
  const names = namesOf(there.columns);
  const used = new Set<string>();
  for (const column of wanted) {
    const other = names(rename[column.name] ?? column.name);
    if (other === undefined) {
      findings.push({ level, code: "column_missing", message: `The column ${column.name} is only in the first table` });
      continue;
    }
    used.add(other.name);
    const pair = pairOf(column, other, comparison, findings);
    if (pair !== undefined) pairs.push(pair);
  }
  const renamed = new Set(Object.values(rename));
  for (const { name } of there.columns) {
    const isOwn = used.has(name) || renamed.has(name) || namesOf(here.columns)(name) !== undefined;
    if (!isOwn && isWanted(name, comparison, key))
      findings.push({ level, code: "column_missing", message: `The column ${name} is only in the second table` });
  }
  if (pairs.length === 0) throw errors.verify_no_columns({ here: here.label, there: there.label });
  for (const name of key) {
    const pair = pairs.find((each) => each.here.name === name);
    const unfit =
      pair === undefined
        ? "nothing"
        : pair.tolerance !== undefined
          ? "a number with a tolerance"
          : severalTexts.has(pair.kind)
            ? pair.kind
            : undefined;
    if (unfit !== undefined) throw errors.verify_key_unfit({ column: name, kind: unfit });
  }
  return { pairs, key, findings: [...findings, ...strictFindings(here, there, pairs, schema === "strict")] };
}

/** Kinds of values that two databases may write differently, so they can't be keys. */
export const severalTexts: ReadonlySet<DigestKind> = new Set(["json", "float", "real"]);

/** The columns of a question for one side. Both sides have them in the same order. */
export function questionColumns(pairs: readonly ColumnPair[], side: "here" | "there"): DigestColumn[] {
  return pairs.map(({ kind, digits, tolerance, ...pair }) => ({
    name: pair[side].name,
    kind,
    ...(digits !== undefined && { digits }),
    ...(tolerance !== undefined && { tolerance }),
  }));
}

function keyOf(here: DescribedTable, there: DescribedTable, { key, rename = {} }: Comparison): readonly string[] {
  if (key !== undefined) return key;
  if (here.key.length > 0) return here.key;
  const back = new Map(Object.entries(rename).map(([own, other]) => [other, own]));
  const names = namesOf(here.columns);
  const found = there.key.map((name) => names(back.get(name) ?? name)?.name);
  return found.every((name) => name !== undefined) ? found : [];
}

/** Columns that loads add (`_sdc_…`) are compared only where a person names them. */
function isWanted(name: string, { columns, exclude = [] }: Comparison, key: readonly string[]): boolean {
  if (key.includes(name)) return true;
  return columns === undefined ? !/^_sdc_/i.test(name) && !isNamedBy(exclude, name) : columns.includes(name);
}

/** Exactly, or else without regard to case where that is the only one: databases fold names. */
function namesOf(columns: readonly DescribedColumn[]): (name: string) => DescribedColumn | undefined {
  return (name) => {
    const exact = columns.find((each) => each.name === name);
    if (exact !== undefined) return exact;
    const folded = columns.filter((each) => each.name.toLowerCase() === name.toLowerCase());
    return folded.length === 1 ? folded[0] : undefined;
  };
}

function pairOf(
  here: DescribedColumn,
  there: DescribedColumn,
  { as = {}, tolerance = {} }: Comparison,
  findings: VerifyFinding[],
): ColumnPair | undefined {
  const forced = as[here.name];
  const common: { kind: DigestKind; warning?: string } | undefined =
    forced === undefined ? commonKind(here.kind, there.kind) : { kind: forced };
  const own = tolerance[here.name];
  const types = `${here.type} here and ${there.type} there`;
  if (common === undefined) {
    findings.push({
      level: "difference",
      code: "not_comparable",
      message: `The column ${here.name} can't be compared: it is ${types}, which have no form in common. Exclude it, or name a kind with \`as\``,
    });
    return undefined;
  }
  if (common.warning !== undefined)
    findings.push({ level: "warning", code: "kind", message: `The column ${here.name} is ${types}: ${common.warning}` });
  const digits = commonDigits(here, there, common.kind);
  if (digits !== undefined && here.digits !== undefined && there.digits !== undefined && here.digits !== there.digits)
    findings.push({
      level: "warning",
      code: "digits",
      message: `The column ${here.name} is ${types}: it is compared to ${digitWords[digits] ?? `${digits} digits`}`,
    });
  return { here, there, kind: common.kind, ...(digits !== undefined && { digits }), ...(own !== undefined && { tolerance: own }) };
}

const digitWords: Readonly<Record<number, string>> = { 0: "the second", 3: "the millisecond", 6: "the microsecond", 9: "the nanosecond" };

function commonDigits(here: DescribedColumn, there: DescribedColumn, kind: DigestKind): number | undefined {
  if (kind !== "timestamp" && kind !== "instant" && kind !== "time") return undefined;
  return Math.min(here.digits ?? 6, there.digits ?? 6);
}

const asText = "compared as text, so a value must be spelled as the other database prints it";

/** undefined: the values of the two have no form in common. */
export function commonKind(here: DigestKind | null, there: DigestKind | null): { kind: DigestKind; warning?: string } | undefined {
  if (here === null || there === null)
    return here === there || here === "text" || there === "text" ? { kind: "text", warning: asText } : undefined;
  if (here === there) return { kind: here };
  const has = (...kinds: DigestKind[]): boolean => kinds.includes(here) && kinds.includes(there);
  if (has("integer", "decimal")) return { kind: "decimal" };
  if (has("real", "float")) return { kind: "real", warning: "compared with the precision of 32 bits" };
  if (has("text", "padded")) return { kind: "padded" };
  if (has("boolean", "integer", "decimal")) return { kind: "decimal", warning: "true counts as 1, false as 0" };
  if (has("integer", "decimal", "float")) return { kind: "float", warning: "compared with the precision of 64-bit floating point" };
  if (has("integer", "decimal", "real")) return { kind: "real", warning: "compared with the precision of 32-bit floating point" };
  if (has("timestamp", "instant")) return { kind: "timestamp", warning: "the time without a zone is taken as UTC" };
  if (has("date", "timestamp")) return { kind: "timestamp", warning: "a date is compared as its midnight" };
  if (has("json", "text")) return { kind: "json" };
  if (has("uuid", "text")) return { kind: "text" };
  if (has("text", "integer") || has("text", "decimal") || has("text", "boolean")) return { kind: "text", warning: asText };
  return undefined;
}

function strictFindings(here: DescribedTable, there: DescribedTable, pairs: readonly ColumnPair[], isStrict: boolean): VerifyFinding[] {
  const level = isStrict ? "difference" : "note";
  const found: VerifyFinding[] = [];
  for (const { here: one, there: other } of pairs) {
    if (one.nullable !== other.nullable)
      found.push({
        level,
        code: "nullability",
        message: `The column ${one.name} takes NULL only in the ${one.nullable ? "first" : "second"} table`,
      });
    if (isStrict && one.kind !== other.kind)
      found.push({ level, code: "kind", message: `The column ${one.name} is ${one.type} here and ${other.type} there` });
  }
  const keys = [here, there].map(({ unique, key }) => (unique ? key : []));
  if (JSON.stringify(keys[0]) !== JSON.stringify(keys[1]))
    found.push({
      level,
      code: "key",
      message: `The keys that the databases keep unique differ: ${keys.map((key) => (key?.length === 0 ? "none" : key?.join(", "))).join(" here, ")} there`,
    });
  return found;
}

/** @throws verify_column_unknown */
function checkNames(here: DescribedTable, { key = [], columns = [], rename = {}, as = {}, tolerance = {} }: Comparison): void {
  const known = here.columns.map(({ name }) => name);
  const given: [string, readonly string[]][] = [
    ["key", key],
    ["columns", columns],
    ["rename", Object.keys(rename)],
    ["as", Object.keys(as)],
    ["tolerance", Object.keys(tolerance)],
  ];
  for (const [setting, names] of given)
    for (const column of names)
      if (!known.includes(column))
        throw errors.verify_column_unknown({ column, table: here.label, setting, known, meant: didYouMean(column, known) });
}
