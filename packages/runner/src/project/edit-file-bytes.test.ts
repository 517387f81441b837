/** Whatever is changed in a file, every byte outside the changed value stays: comments, quotes, blank lines, the form of lists. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { parse } from "yaml";
import type { Path } from "../model/project.ts";
import { editText } from "./edit-file.ts";

interface Written {
  text: string;
  /** Of each value that is no object and no list: its path, and from where to where it is in the text. */
  values: { path: Path; start: number; end: number }[];
  /** Of each object and list. */
  containers: { path: Path; isList: boolean; size: number }[];
}

type Tree = { kind: "value"; text: string } | { kind: "list" | "object"; isFlow: boolean; items: Tree[]; notes: string[] };

const scalar = fc.constantFrom("5", "abc", '"a b"', "'it''s'", "true", "1.50", '"#no"', "x: y".replace(": ", ":"), "0123", "~");
const note = fc.constantFrom("", "", "", " # note", "   # other: [x]");
const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    scalar.map((text) => ({ kind: "value", text }) as const),
    fc.record({
      kind: fc.constantFrom("list" as const, "object" as const),
      isFlow: fc.boolean(),
      items: fc.array(tie("tree"), { minLength: 1, maxLength: 3 }),
      notes: fc.array(fc.constantFrom("", "", "# a line", "\n", "# b: c\n"), { minLength: 3, maxLength: 3 }),
    }),
  ) as fc.Arbitrary<Tree>,
}));
const root = fc.record({
  kind: fc.constant("object" as const),
  isFlow: fc.constant(false),
  items: fc.array(tree, { minLength: 1, maxLength: 3 }),
  notes: fc.array(fc.constantFrom("", "# a line", "\n"), { minLength: 3, maxLength: 3 }),
});

/** Writes a tree as a person might. */
function write(tree: Tree, notes: readonly string[], eol: string): Written {
  const values: Written["values"] = [];
  const containers: Written["containers"] = [];
  let text = "# top\n";
  let count = 0;
  const visit = (node: Tree, path: Path, column: number, isInFlow: boolean): void => {
    if (node.kind === "value") {
      values.push({ path, start: text.length, end: text.length + node.text.length });
      text += node.text;
      return;
    }
    containers.push({ path, isList: node.kind === "list", size: node.items.length });
    const isFlow = node.isFlow || isInFlow;
    const keyOf = (index: number): string | number => (node.kind === "list" ? index : `k${index}`);
    if (isFlow) {
      text += node.kind === "list" ? "[" : "{ ";
      node.items.forEach((item, index) => {
        if (index > 0) text += ", ";
        if (node.kind === "object") text += `k${index}: `;
        visit(item, [...path, keyOf(index)], column, true);
      });
      text += node.kind === "list" ? "]" : " }";
      return;
    }
    node.items.forEach((item, index) => {
      // The first item of a list in a list, and the first key after a dash, are on the line of the dash.
      if (!text.endsWith("- ")) {
        const between = (node.notes[index] ?? "").trim();
        if ((node.notes[index] ?? "").includes("\n")) text += "\n";
        if (between !== "") text += `${" ".repeat(column)}${between}\n`;
        text += " ".repeat(column);
      }
      text += node.kind === "list" ? "- " : `k${index}:`;
      const isBlock = item.kind !== "value" && !item.isFlow;
      if (node.kind === "object") text += isBlock ? `${notes[count++ % notes.length]}\n` : " ";
      visit(item, [...path, keyOf(index)], column + 2, false);
      if (!isBlock) text += `${notes[count++ % notes.length]}\n`;
    });
  };
  visit(tree, [], 0, false);
  if (eol === "\n") return { text, values, containers };
  const moved = (offset: number): number => offset + text.slice(0, offset).split("\n").length - 1;
  return {
    text: text.replaceAll("\n", eol),
    values: values.map((each) => ({ ...each, start: moved(each.start), end: moved(each.end) })),
    containers,
  };
}

const file = fc
  .tuple(root, fc.array(note, { minLength: 1, maxLength: 5 }), fc.constantFrom("\n", "\n", "\r\n"))
  .map(([tree, notes, eol]) => write(tree, notes, eol));
const inner = fc.oneof(
  fc.constantFrom<unknown>(7, "x", "a, b", "# c", "", null, true, "1e3", "no: yes"),
  fc.jsonValue({ maxDepth: 2 }).filter((value) => !JSON.stringify(value).includes("__proto__")),
);

function setIn(value: unknown, path: Path, to: unknown): unknown {
  const [first, ...rest] = path;
  if (first === undefined) return to;
  const copy = structuredClone(value) as Record<string | number, unknown>;
  copy[first] = setIn(copy[first], rest, to);
  return copy;
}

/** Zero has no sign in YAML's integers. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const isKept = (before: string, after: string): boolean => {
  let start = 0;
  while (start < before.length && before[start] === after[start]) start++;
  return after.endsWith(before.slice(start)) && after.length >= before.length;
};

test("a single value is exchanged, and the text before and after it is the same", () => {
  fc.assert(
    fc.property(
      file,
      fc.nat(),
      fc.constantFrom<unknown>(7, "x", "a, b", "# c", "", true, "1e3", "no: yes", "]", "a\nb"),
      (written, nth, to) => {
        const { path, start, end } = written.values[nth % written.values.length] as Written["values"][number];
        const edited = editText(written.text, path, to);
        expect(edited.startsWith(written.text.slice(0, start))).toBe(true);
        expect(edited.endsWith(written.text.slice(end))).toBe(true);
        expect(parse(edited)).toEqual(setIn(parse(written.text), path, to));
      },
    ),
    { numRuns: 500 },
  );
});

test("any value takes the place of any other; what is added is one piece of text", () => {
  fc.assert(
    fc.property(file, fc.nat(), inner, (written, nth, to) => {
      const { path, isList, size } = written.containers[nth % written.containers.length] as Written["containers"][number];
      const added = [...path, isList ? size : "added"];
      const edited = editText(written.text, added, to);
      expect(plain(parse(edited))).toEqual(plain(setIn(parse(written.text), added, to)));
      expect(isKept(written.text, edited)).toBe(true);
      const all = [...written.values, ...written.containers].map((each) => each.path).filter((each) => each.length > 0);
      const other = all[nth % all.length] as Path;
      expect(plain(parse(editText(written.text, other, to)))).toEqual(plain(setIn(parse(written.text), other, to)));
    }),
    { numRuns: 500 },
  );
});

test("what is taken out again leaves the text as it was", () => {
  fc.assert(
    fc.property(file, fc.nat(), inner, (written, nth, value) => {
      const { path, isList, size } = written.containers[nth % written.containers.length] as Written["containers"][number];
      const added = [...path, isList ? size : "added"];
      expect(editText(editText(written.text, added, value), added, undefined)).toBe(written.text);
    }),
    { numRuns: 500 },
  );
});

test("taking out one of several cuts one piece of text", () => {
  fc.assert(
    fc.property(file, fc.nat(), fc.nat(), (written, nth, index) => {
      const wide = written.containers.filter(({ size }) => size > 1);
      if (wide.length === 0) return;
      const { path, isList, size } = wide[nth % wide.length] as Written["containers"][number];
      const edited = editText(written.text, [...path, isList ? index % size : `k${index % size}`], undefined);
      expect(isKept(edited, written.text)).toBe(true);
    }),
    { numRuns: 500 },
  );
});
