/** Two small tables, and rules for them with the rows that each must find. */
import type { JsonSchema, Row, Check as Rule } from "@tapline/protocol";
import { records, schema } from "../target/input.ts";

const text: JsonSchema = { type: ["null", "string"] };
const properties: Record<string, JsonSchema> = {
  id: { type: "integer" },
  "Customer Name": text,
  status: text,
  code: text,
  amount: { type: ["null", "number"], multipleOf: 0.01 },
  day: { type: ["null", "string"], format: "date" },
  at: { type: ["null", "string"], format: "date-time" },
  is_paid: { type: ["null", "boolean"] },
};
const newest = "2026-03-01T12:00:00Z";
export const rows: Row[] = [
  { id: 1, "Customer Name": "Ada", status: "open", code: "INV-0001", amount: 10.5, day: "2026-01-01", at: newest, is_paid: true },
  { id: 2, "Customer Name": "O'Hara", status: "open", code: "INV-0002", amount: 20, day: "2026-02-01", at: null, is_paid: false },
  { id: 3, "Customer Name": null, status: "gone", code: "X\\", amount: -1.25, day: "2025-12-31", at: null, is_paid: null },
  { id: 4, "Customer Name": "Ada", status: null, code: null, amount: null, day: null, at: null, is_paid: true },
];
const deleted: Row = { ...rows[2], id: 5, "Customer Name": null, amount: 1000, _sdc_deleted_at: newest };
const people = [{ name: "Ada" }, { name: "Grace" }];

const common = { stream: "Orders", on_fail: "warn", show_values: false, keys: ["id"] };

/** What is refused: the ids of the rows. */
export const faults: readonly [rule: Record<string, unknown>, ids: readonly number[]][] = [
  [{ rule: "not_null", column: "Customer Name" }, [3]],
  [{ rule: "not_null", column: "id" }, []],
  [{ rule: "accepted_values", column: "status", values: ["open"] }, [3]],
  [{ rule: "accepted_values", column: "Customer Name", values: ["Ada", "O'Hara"] }, []],
  [{ rule: "accepted_values", column: "is_paid", values: [true] }, [2]],
  [{ rule: "accepted_values", column: "amount", values: [10.5, 20] }, [3]],
  [{ rule: "range", column: "amount", min: 0, max: 15 }, [2, 3]],
  [{ rule: "range", column: "amount", min: -2 }, []],
  [{ rule: "range", column: "day", min: "2026-01-01", max: "2026-01-31" }, [2, 3]],
  [{ rule: "matches", column: "code", pattern: "INV-\\d{4}" }, [3]],
  [{ rule: "matches", column: "code", pattern: "(INV-[0-9]+|.\\\\)" }, []],
  [{ rule: "matches", column: "code", pattern: "INV" }, [1, 2, 3]],
  [{ rule: "unique", columns: ["Customer Name"] }, [1, 4]],
  [{ rule: "unique", columns: ["Customer Name", "status"] }, []],
  [{ rule: "foreign_key", column: "Customer Name", to_stream: "people", to_column: "name" }, [2]],
];

const now = Date.now();
const ageOfNewest = (now - Date.parse(newest)) / 1000;

export const measures: readonly [rule: Record<string, unknown>, status: string, found?: string][] = [
  [{ rule: "row_count", min: 4, max: 4 }, "passed", "4"],
  [{ rule: "row_count", min: 5 }, "failed", "4"],
  [{ rule: "sum", column: "amount", min: 29.25, max: 29.25 }, "passed"],
  [{ rule: "sum", column: "amount", max: 29.24 }, "failed"],
  [{ rule: "freshness", column: "at", max_age_seconds: ageOfNewest + 21_600 }, "passed"],
  [{ rule: "freshness", column: "at", max_age_seconds: ageOfNewest - 21_600 }, "failed"],
  [{ rule: "freshness", column: "day", max_age_seconds: 60 }, "failed"],
];

/** The lines that load the rows. */
export const ruleInput: string =
  schema("Orders", properties, ["id"]) +
  records("Orders", [...rows, deleted]) +
  schema("people", { name: text }) +
  records("people", people);

/** Names as the settings spell them, so that a rule's names are not those of the tables. */
export const ruleNaming = { table_names: "snake_case", column_names: "snake_case" };

export const asRules = (rules: readonly Record<string, unknown>[]): Rule[] =>
  rules.map((rule, index) => ({ ...common, id: String(index), ...rule }) as unknown as Rule);
