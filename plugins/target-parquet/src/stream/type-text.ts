/** Reads a type as the manifest has it: `bigint`, `decimal(38,2)`, `list(varchar)`, `struct("a" bigint, "b" list(json))`. Pure. */
import type { ColumnType, ShapeField } from "@tapline/columns";

/** The types of columns are asked for over and over. */
const known = new Map<string, ColumnType>();

export function typeOf(text: string): ColumnType {
  let type = known.get(text);
  if (type === undefined) {
    type = new TypeReader(text).type();
    known.set(text, type);
  }
  return type;
}

class TypeReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  type(): ColumnType {
    if (this.#takes("list(")) {
      const list = this.type();
      this.#takes(")");
      return { kind: "json", shape: { list } };
    }
    if (this.#takes("struct(")) {
      const struct: ShapeField[] = [];
      do struct.push({ name: JSON.parse(this.#match(/"(?:[^"\\]|\\.)*"/y)), type: this.#typeAfterSpace() });
      while (this.#takes(", "));
      this.#takes(")");
      return { kind: "json", shape: { struct } };
    }
    const decimal = /^decimal\((\d+),(\d+)\)$/.exec(this.#match(/decimal\(\d+,\d+\)|\w+/y));
    if (decimal !== null) return { kind: "decimal", precision: Number(decimal[1]), scale: Number(decimal[2]) };
    return { kind: this.#last } as ColumnType;
  }

  #last = "";

  #typeAfterSpace(): ColumnType {
    this.#takes(" ");
    return this.type();
  }

  #takes(word: string): boolean {
    const isNext = this.#text.startsWith(word, this.#at);
    if (isNext) this.#at += word.length;
    return isNext;
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const [found = ""] = pattern.exec(this.#text) ?? [];
    this.#at += found.length;
    this.#last = found;
    return found;
  }
}
