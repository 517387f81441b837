import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { columnNames, type NamedColumn, nameColumns, propertyComment, readComment } from "./column-names.ts";
import type { NameRules } from "./fit-name.ts";

const exact: NameRules = { fold: (name) => name, maxNameBytes: 63 };
const folding: NameRules = { fold: (name) => name.toLowerCase(), maxNameBytes: undefined };
const names = (properties: string[], existing: NamedColumn[] = [], rules = folding): string[] => [
  ...columnNames(properties, existing, rules).values(),
];

describe("the column of a property", () => {
  test("has its name wherever that is possible", () => {
    expect(names(["id", 'a"b', " ", "__proto__", "1st", "select"])).toEqual(["id", 'a"b', " ", "__proto__", "1st", "select"]);
    expect(names(["Name", "nAME"], [], exact)).toEqual(["Name", "nAME"]);
  });

  test("of two that are one name to the database, the first in the schema keeps it", () => {
    expect(names(["Name", "nAME"])).toEqual(["Name", expect.stringMatching(/^nAME_[0-9a-f]{8}$/)]);
  });

  test("a metadata column keeps its name, whatever else is called so", () => {
    expect(names(["_SDC_SEQUENCE", "_sdc_sequence"])).toEqual([expect.stringMatching(/^_SDC_SEQUENCE_/), "_sdc_sequence"]);
  });

  test("is the one it was: by its comment, by its name, by its name in other case", () => {
    const [, hashed = ""] = names(["Name", "nAME"]);
    const existing = [{ name: "Name" }, { name: hashed, comment: propertyComment("nAME") }];
    expect(names(["nAME", "Name"], existing)).toEqual([hashed, "Name"]);
    expect(names(["nAME"], existing)).toEqual([hashed]);
    expect(names(["ID"], [{ name: "id" }])).toEqual(["ID"].map(() => "id"));
  });

  test("a property that comes later takes no other one's column", () => {
    expect(names(["ID", "id"], [{ name: "id" }])).toEqual([expect.stringMatching(/^ID_[0-9a-f]{8}$/), "id"]);
    const apart = { name: "n__varchar", comment: propertyComment("n", "varchar") };
    expect(names(["n", "n__varchar"], [{ name: "n" }, apart])).toEqual(["n", expect.stringMatching(/^n__varchar_[0-9a-f]{8}$/)]);
  });

  test("a comment by others is no owner", () => {
    expect(names(["a"], [{ name: "a", comment: "the first letter" }])).toEqual(["a"]);
    expect(readComment("the first letter")).toBeUndefined();
    expect(readComment('tapline: property "unfinished')).toBeUndefined();
  });

  test("in a table of others is one that differs only in case, if it is the only one", () => {
    const others = (properties: string[], columns: string[], rules = exact, comments: Record<string, string> = {}) => {
      const existing = columns.map((name) => ({ name, comment: comments[name] }));
      const { names: found, fault } = nameColumns(properties, existing, rules, { isOthers: true });
      return fault ?? [...found.values()];
    };
    expect(others(["customerName"], ["customername"])).toEqual(["customername"]);
    expect(others(["customerName", "customername"], ["customername"])).toEqual(["customerName", "customername"]);
    expect(others(["CUSTOMERNAME", "customerName"], ["CUSTOMERNAME", "customername"])).toEqual(["CUSTOMERNAME", "customername"]);
    for (const rules of [exact, folding])
      expect(others(["customerName", "CustomerName"], ["customername"], rules)).toEqual({
        kind: "shared",
        column: "customername",
        first: "customerName",
        second: "CustomerName",
      });
    const comments = { customername: propertyComment("customerName") };
    expect(others(["customername", "customerName"], ["customername"], exact, comments)).toMatchObject({
      kind: "shared",
      first: "customerName",
    });
    expect(others(["customerName"], ["customername", "CUSTOMERNAME"])).toMatchObject({ kind: "ambiguous", property: "customerName" });
    expect(names(["customerName"], [{ name: "customername" }], exact)).toEqual(["customerName"]);
  });

  test("in snake_case is found again, whatever else comes, and a table with other names is a fault", () => {
    const snake = (properties: string[], existing: NamedColumn[], isOthers = false) =>
      nameColumns(properties, existing, exact, { nameCase: "snake_case", isOthers });
    const first = snake(["customerName", "_sdc_sequence", "id"], []);
    expect([...first.names.values()]).toEqual(["customer_name", "_sdc_sequence", "id"]);
    const table = [{ name: "customer_name", comment: propertyComment("customerName") }, { name: "id" }];
    const later = snake(["customer_name", "CustomerName", "customerName", "id"], table);
    expect(later.fault).toBeUndefined();
    expect([...later.names.values()]).toEqual([
      expect.stringMatching(/^customer_name_[0-9a-f]{8}$/),
      expect.stringMatching(/^customer_name_[0-9a-f]{8}$/),
      "customer_name",
      "id",
    ]);
    expect(new Set(later.names.values()).size).toBe(4);
    expect(nameColumns(["customerName", "id"], table, exact, {}).fault).toMatchObject({ kind: "respelled", column: "customer_name" });
    expect(snake(["customerName"], [{ name: "customerName" }]).fault).toMatchObject({ kind: "respelled", wished: "customer_name" });
    expect(snake(["customerName"], [{ name: "customerName" }], true)).toEqual({
      names: new Map([["customerName", "customerName"]]),
      fault: undefined,
    });
    expect(snake(["id"], [{ name: "id" }]).fault).toBeUndefined();
  });

  test.each([["x"], ['a "quoted" \\ name'], ["as text"], ["ü\n\t"], ['" as "']])("%j is read back from its comment", (property) => {
    expect(readComment(propertyComment(property))).toEqual({ property, type: undefined });
    expect(readComment(propertyComment(property, "decimal(38,2)"))).toEqual({ property, type: "decimal(38,2)" });
  });

  test("whatever the properties, in whatever order they come again, each has its own column, always the same one", () => {
    const property = fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.constantFrom("a", "A", "", "ab", "aB", "x".repeat(70), `${"x".repeat(70)}y`),
    );
    fc.assert(
      fc.property(
        fc.uniqueArray(property, { maxLength: 12 }),
        fc.constantFrom(exact, folding),
        fc.func(fc.nat()),
        (properties, rules, order) => {
          const first = columnNames(properties, [], rules);
          const folded = [...first.values()].map(rules.fold);
          expect(new Set(folded).size).toBe(properties.length);
          for (const name of first.values()) {
            expect(name).not.toBe("");
            expect(Buffer.byteLength(name)).toBeLessThanOrEqual(rules.maxNameBytes ?? Number.POSITIVE_INFINITY);
          }
          const existing = [...first].map(([from, name]) => ({ name, ...(name === from ? {} : { comment: propertyComment(from) }) }));
          const again = columnNames(
            [...properties].sort((a, b) => order(a) - order(b)),
            existing,
            rules,
          );
          expect(Object.fromEntries(again)).toEqual(Object.fromEntries(first));
        },
      ),
    );
  });
});
