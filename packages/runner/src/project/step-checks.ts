/** Reads the checks of a step: one for each rule and column of an entry. Pure. */
import { type Check, columnsOfCheck, describeRule, parsePattern, rowRules } from "@tapline/protocol";
import { errors } from "../errors.ts";
import { type CheckEntry, type RuleName, ruleNames } from "../model/check-schema.ts";
import { parseDuration } from "../model/duration.ts";
import type { FilePosition } from "../model/file-position.ts";
import type { PlannedCheck } from "../model/planned-check.ts";

type Rule = Record<string, unknown> & { rule: RuleName };

/** `positionOf` gives the place of an entry in its file. @throws check_wrong */
export function stepChecks(entries: readonly CheckEntry[], positionOf: (index: number) => FilePosition): PlannedCheck[] {
  const ids = new Set<string>();
  return entries.flatMap((entry, index) => {
    const position = positionOf(index);
    const wrong = (problem: string): Error => errors.check_wrong({ problem }, position);
    const rules = ruleNames.filter((name) => entry[name] !== undefined);
    if (rules.length === 0) throw wrong(`it has no rule (${ruleNames.join(", ")})`);
    const { stream = "", when, on_fail = "stop", show_values = false } = entry;
    if (stream === "" && rules.some((rule) => rule !== "sql")) throw wrong("it needs a stream");
    const early = rules.find((rule) => when === "before" && !(rowRules as readonly string[]).includes(rule));
    if (early !== undefined) throw wrong(`${early} needs the whole table, so it can't be checked before (when)`);
    if (when === "commit" && on_fail === "warn") throw wrong("a warning holds back no commit: give it `when: after`, or `on_fail: stop`");
    const read = rules.flatMap((rule) => rulesOf(rule, entry, wrong));
    return read.map((rule, at) => {
      const bare = { stream, on_fail, show_values, keys: [], id: "", ...rule } as unknown as Check;
      const name = entry.name ?? `${stream === "" ? "" : `${stream}: `}${rule.rule} ${columnsOfCheck(bare).join(", ")}`.trim();
      const id = uniqueName(read.length > 1 && entry.name !== undefined ? `${name}: ${describeRule(bare)}` : name, ids);
      const { row_count: count } = entry;
      const isCount = rule.rule === "row_count";
      if (at === 0 && isCount && count?.last_runs === undefined && count?.change !== undefined)
        throw wrong("row_count has a change, but no last_runs");
      return {
        check: { ...bare, id },
        when: when ?? ((rowRules as readonly string[]).includes(rule.rule) ? "before" : "after"),
        ofRun: isCount && count?.of === "run",
        earlier:
          isCount && count?.last_runs !== undefined
            ? { runs: count.last_runs, change: Number.parseFloat(count.change ?? "50") / 100 }
            : undefined,
        position,
      };
    });
  });
}

function uniqueName(name: string, taken: Set<string>): string {
  let unique = name;
  for (let number = 2; taken.has(unique); number++) unique = `${name} (${number})`;
  taken.add(unique);
  return unique;
}

function rulesOf(rule: RuleName, entry: CheckEntry, wrong: (problem: string) => Error): Rule[] {
  const limits = <T extends { min?: unknown; max?: unknown }>(what: string, given: T): T => {
    if (given.min === undefined && given.max === undefined) throw wrong(`${what} needs a min, a max or both`);
    return given;
  };
  const each = <T>(of: Record<string, T> | undefined, make: (value: T, column: string) => object): Rule[] =>
    Object.entries(of ?? {}).map(([column, value]) => ({ rule, column, ...make(value, column) }));
  switch (rule) {
    case "not_null":
      return (entry.not_null ?? []).map((column) => ({ rule, column }));
    case "accepted_values":
      return each(entry.accepted_values, (values) => ({ values }));
    case "range":
    case "sum":
      return each(entry[rule], (given, column) => limits(`${rule} of ${column}`, given));
    case "matches":
      return each(entry.matches, (pattern, column) => {
        const parsed = parsePattern(pattern);
        if ("problem" in parsed) throw wrong(`the pattern of ${column} has ${parsed.problem}`);
        return { pattern };
      });
    case "unique":
      return [{ rule, columns: entry.unique }];
    case "row_count": {
      const { min, max, last_runs: runs, of } = entry.row_count ?? {};
      if (runs === undefined) limits("row_count", { min, max });
      return [{ rule, ...(of === "run" && { of }), ...(min !== undefined && { min }), ...(max !== undefined && { max }) }];
    }
    case "freshness": {
      const { column = "_sdc_batched_at", max_age: age = "" } = entry.freshness ?? {};
      return [{ rule, column, max_age_seconds: (parseDuration(age) ?? 0) / 1000 }];
    }
    case "foreign_key":
      return each(entry.foreign_key, ({ stream, column }) => ({ to_stream: stream, to_column: column }));
    case "sql":
      return [{ rule, sql: entry.sql }];
  }
}
