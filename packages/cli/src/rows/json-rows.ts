/** Rows as JSON lines, one object a row. Numbers and nested values are the text that the target sent, so no digit is lost. Pure. */
import type { RowFormat } from "./row-format.ts";
import { visibleJson } from "./visible.ts";

export function jsonRows(isTerminal: boolean): RowFormat {
  let names: string[] = [];
  return {
    start(columns) {
      names = distinct(columns.map(({ name }) => name)).map((name) => JSON.stringify(name));
      return "";
    },
    row(cells) {
      const line = `{${cells.map((cell, at) => `${names[at]}:${cell}`).join(",")}}`;
      return `${isTerminal ? visibleJson(line) : line}\n`;
    },
    end: () => "",
  };
}

/** Two columns of a query may have one name, and two fields of an object may not: id, id_2. */
function distinct(names: readonly string[]): string[] {
  const taken = new Set(names);
  const seen = new Set<string>();
  return names.map((name) => {
    let unique = name;
    for (let count = 2; seen.has(unique) || (unique !== name && taken.has(unique)); count++) unique = `${name}_${count}`;
    seen.add(unique);
    return unique;
  });
}
