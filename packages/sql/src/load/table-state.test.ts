import { describe, expect, test } from "vitest";
import { isNew, keyDue, needsMerge, nextState, overwrites, rowsChanged, type TableState, type TableStep } from "./table-state.ts";

const hidden = { schema: "s", table: "_tapline_new_1" };
const absent: TableState = { kind: "absent" };
const after = (...steps: TableStep[]): TableState => steps.reduce(nextState, absent);
const facts = (state: TableState) => ({
  isNew: isNew(state),
  needsMerge: needsMerge(state),
  overwrites: overwrites(state),
  rowsChanged: rowsChanged(state),
  key: keyDue(state),
});
const plain = { isNew: false, needsMerge: false, overwrites: false, rowsChanged: false, key: "no" };

const make: TableStep = { step: "make" };
const find: TableStep = { step: "find", overwrite: false };
const overwrite: TableStep = { step: "find", overwrite: true };
const hide: TableStep = { step: "hide", hidden };
const append: TableStep = { step: "merge", replacesRows: false };
const upsert: TableStep = { step: "merge", replacesRows: true };
const [deleteRows, copy, dropKey, swap, commit]: TableStep[] = (["deleteRows", "copy", "dropKey", "swap", "commit"] as const).map(
  (step) => ({
    step,
  }),
) as TableStep[];

describe("a table that a load makes", () => {
  test("has a merge due even without rows, which gives it its key", () => {
    expect(facts(after(make))).toEqual({ ...plain, isNew: true, needsMerge: true, key: "now" });
    expect(facts(after(make, upsert))).toEqual(plain);
  });

  test("has no old rows in the transaction that made it, whatever happens to rows", () => {
    for (const steps of [[upsert], [append, deleteRows as TableStep], [append, upsert]])
      expect(rowsChanged(after(make, ...steps))).toBe(false);
  });

  test("is an existing one after the commit", () => {
    expect(after(make, append, commit as TableStep)).toEqual(after(find, append));
  });
});

describe("an existing table", () => {
  test("has old rows until an upsert or a deletion changed some, and again after the commit", () => {
    expect(facts(after(find))).toEqual(plain);
    expect(rowsChanged(after(find, append))).toBe(false);
    for (const step of [upsert, deleteRows as TableStep]) {
      expect(rowsChanged(after(find, step))).toBe(true);
      expect(rowsChanged(after(find, step, append))).toBe(true);
      expect(rowsChanged(after(find, step, commit as TableStep))).toBe(false);
    }
  });

  test("that a copy replaced can be altered again", () => {
    expect(facts(after(find, upsert, copy as TableStep))).toEqual(plain);
  });

  test("that lost its key gets another one with the next merge, if its rows allow it", () => {
    expect(keyDue(after(find, dropKey as TableStep))).toBe("ifUnique");
    expect(keyDue(after(find, dropKey as TableStep, commit as TableStep))).toBe("ifUnique");
    expect(keyDue(after(find, dropKey as TableStep, upsert))).toBe("no");
    expect(keyDue(after(make, append, dropKey as TableStep))).toBe("ifUnique");
  });

  test("that is overwritten in place is emptied by the first merge, even without rows", () => {
    expect(facts(after(overwrite))).toEqual({ ...plain, needsMerge: true, overwrites: true });
    expect(facts(after(overwrite, upsert))).toEqual({ ...plain, rowsChanged: true });
  });
});

describe("a table that a hidden one replaces", () => {
  test("has a merge due, and gets its key with the swap", () => {
    expect(facts(after(hide))).toEqual({ ...plain, isNew: true, needsMerge: true });
    expect(after(hide)).toMatchObject({ hidden });
    expect(facts(after(hide, append))).toEqual(plain);
    expect(after(hide, append, swap as TableStep)).toEqual(after(make, append));
  });

  test("is not swapped before its rows are merged", () => {
    expect(() => after(hide, swap as TableStep)).toThrow("a table that is replacing can't swap");
  });
});

test.each<[TableStep[], string]>([
  [[make, make], "made can't make"],
  [[find, hide], "existing can't hide"],
  [[append], "absent can't merge"],
  [[dropKey as TableStep], "absent can't dropKey"],
  [[find, swap as TableStep], "existing can't swap"],
])("%j is a bug", (steps, message) => {
  expect(() => after(...steps)).toThrow(message);
});
