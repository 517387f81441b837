/** Reads an expression of the Python subset into a tree. What is not in the subset is an error with its place. */
import { decimalLiteral } from "../values/numbers.ts";
import type { Clause, Node } from "./ast.ts";
import { limits } from "./budget.ts";
import { ExpressionError } from "./expression-error.ts";
import { type Token, tokensOf } from "./tokens.ts";

/** @throws ExpressionError @example parse("price * qty if qty else 0") */
export function parse(source: string): Node {
  return new Parser(tokensOf(source), 0).whole();
}

/** Operators of two sides, those that bind least first. */
const levels: readonly (readonly string[])[] = [["|"], ["^"], ["&"], ["<<", ">>"], ["+", "-"], ["*", "/", "//", "%"]];
const comparisons = ["==", "!=", "<", "<=", ">", ">="];
const words = new Set([
  "and",
  "or",
  "not",
  "if",
  "else",
  "for",
  "in",
  "is",
  "lambda",
  "await",
  "async",
  "yield",
  "import",
  "def",
  "class",
  "return",
  "del",
  "assert",
  "raise",
  "with",
  "while",
  "try",
  "pass",
  "from",
  "global",
  "nonlocal",
  "break",
  "continue",
  "elif",
  "except",
  "finally",
  "as",
]);

class Parser {
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth: number;

  constructor(tokens: readonly Token[], depth: number) {
    this.#tokens = tokens;
    this.#depth = depth;
  }

  whole(): Node {
    const node = this.#items();
    const { kind, at } = this.#peek();
    if (kind !== "end") throw this.#unexpected(at);
    return node;
  }

  /** One expression, or several with commas, which are a tuple. */
  #items(): Node {
    const first = this.#expression();
    if (!this.#is(",")) return first;
    const items = [first];
    while (this.#take(",") && !this.#ends()) items.push(this.#expression());
    return { kind: "tuple", at: first.at, items };
  }

  #ends(): boolean {
    return this.#peek().kind === "end" || this.#is(")");
  }

  #expression(): Node {
    return this.#nested(() => {
      const then = this.#logical("or");
      if (!this.#takeWord("if")) return then;
      const test = this.#logical("or");
      this.#expectWord("else");
      return { kind: "choose", at: then.at, test, then, other: this.#expression() };
    });
  }

  #logical(operator: "or" | "and"): Node {
    const side = (): Node => (operator === "or" ? this.#logical("and") : this.#not());
    const items = [side()];
    while (this.#takeWord(operator)) items.push(side());
    const [first] = items as [Node];
    return items.length === 1 ? first : { kind: "logical", at: first.at, operator, items };
  }

  #not(): Node {
    const { at } = this.#peek();
    if (!this.#takeWord("not")) return this.#comparison();
    return this.#nested(() => ({ kind: "unary", at, operator: "not", of: this.#not() }));
  }

  #comparison(): Node {
    const first = this.#binary(0);
    const rest: [string, Node][] = [];
    for (;;) {
      const operator = this.#comparisonOperator();
      if (operator === undefined) return rest.length === 0 ? first : { kind: "compare", at: first.at, first, rest };
      rest.push([operator, this.#binary(0)]);
    }
  }

  #comparisonOperator(): string | undefined {
    for (const text of comparisons) if (this.#take(text)) return text;
    if (this.#takeWord("in")) return "in";
    if (this.#takeWord("is")) return this.#takeWord("not") ? "is not" : "is";
    if (!this.#takeWord("not")) return undefined;
    this.#expectWord("in");
    return "not in";
  }

  #binary(level: number): Node {
    const operators = levels[level];
    if (operators === undefined) return this.#unary();
    let left = this.#binary(level + 1);
    for (let many = 0; ; many++) {
      const token = this.#peek();
      if (token.kind !== "operator" || !operators.includes(token.text)) return left;
      // The tree leans to the left, and its depth is that of calls when it runs.
      if (many >= limits.depth * 5) throw new ExpressionError("it has too many operators in a row", token.at);
      this.#next++;
      left = { kind: "binary", at: token.at, operator: token.text, left, right: this.#binary(level + 1) };
    }
  }

  #unary(): Node {
    const { at } = this.#peek();
    const operator = ["-", "+", "~"].find((text) => this.#take(text));
    if (operator !== undefined) return this.#nested(() => ({ kind: "unary", at, operator, of: this.#unary() }));
    const base = this.#primary();
    const power = this.#peek().at;
    if (!this.#take("**")) return base;
    return this.#nested(() => ({ kind: "binary", at: power, operator: "**", left: base, right: this.#unary() }));
  }

  #primary(): Node {
    let node = this.#atom();
    for (let many = 0; ; many++) {
      const { at } = this.#peek();
      if (many > limits.depth) throw new ExpressionError("it has too many calls in a row", at);
      if (this.#take(".")) node = { kind: "attribute", at, of: node, name: this.#name() };
      else if (this.#take("(")) node = this.#call(node, at);
      else if (this.#take("[")) node = this.#subscript(node, at);
      else return node;
    }
  }

  #call(of: Node, at: number): Node {
    const args: Node[] = [];
    const named: [string, Node][] = [];
    while (!this.#take(")")) {
      const [token, after] = [this.#peek(), this.#peek(1)];
      if (token.kind === "operator" && token.text.startsWith("*"))
        throw new ExpressionError("* before an argument is not supported", token.at);
      if (token.kind === "name" && after.kind === "operator" && after.text === "=") {
        this.#next += 2;
        named.push([token.text, this.#expression()]);
      } else args.push(this.#each(this.#expression(), undefined));
      if (!this.#take(",") && !this.#is(")")) throw this.#unexpected(this.#peek().at);
    }
    return { kind: "call", at, of, args, named };
  }

  #subscript(of: Node, at: number): Node {
    const isEnd = (): boolean => this.#is(":") || this.#is("]");
    const from = isEnd() ? undefined : this.#items();
    if (this.#take("]") && from !== undefined) return { kind: "item", at, of, index: from };
    this.#expect(":");
    const to = isEnd() ? undefined : this.#expression();
    const by = this.#take(":") && !this.#is("]") ? this.#expression() : undefined;
    this.#expect("]");
    return { kind: "slice", at, of, from, to, by };
  }

  #atom(): Node {
    const token = this.#peek();
    this.#next++;
    switch (token.kind) {
      case "number":
        return { kind: "constant", at: token.at, value: decimalLiteral(token.text, token.at) };
      case "string":
      case "format":
        return this.#texts(token);
      case "name":
        return this.#word(token.text, token.at);
      case "operator":
        if (token.text === "(") return this.#parenthesis(token.at);
        if (token.text === "[") return this.#list(token.at);
        if (token.text === "{") return this.#dict(token.at);
    }
    throw this.#unexpected(token.at);
  }

  #word(id: string, at: number): Node {
    const constants: Readonly<Record<string, null | boolean>> = { None: null, True: true, False: false };
    if (Object.hasOwn(constants, id)) return { kind: "constant", at, value: constants[id] as null | boolean };
    if (words.has(id)) throw new ExpressionError(`${id} is not supported here`, at);
    return { kind: "name", at, id };
  }

  /** Texts that stand beside each other are one. */
  #texts(first: Token): Node {
    const parts: { of: Node; form: string }[] = [];
    let isFormat = false;
    for (let token = first; token.kind === "string" || token.kind === "format"; token = this.#peek(), this.#next++) {
      const { at } = token;
      const constant = (value: string): { of: Node; form: string } => ({ of: { kind: "constant", at, value }, form: "" });
      if (token.kind === "string") parts.push(constant(token.value));
      else {
        isFormat = true;
        for (const part of token.parts) {
          if ("text" in part) parts.push(constant(part.text));
          else parts.push({ of: inner(part.expression, part.at, this.#depth + 1), form: part.form });
        }
      }
    }
    this.#next--;
    if (isFormat) return { kind: "text", at: first.at, parts };
    const value = parts.map(({ of }) => (of.kind === "constant" ? String(of.value) : "")).join("");
    return { kind: "constant", at: first.at, value };
  }

  #parenthesis(at: number): Node {
    return this.#nested(() => {
      if (this.#take(")")) return { kind: "tuple", at, items: [] };
      const inside = this.#each(this.#items(), undefined);
      this.#expect(")");
      return inside;
    });
  }

  #list(at: number): Node {
    return this.#nested(() => {
      const items: Node[] = [];
      while (!this.#take("]")) {
        const item = this.#expression();
        const each = items.length === 0 ? this.#each(item, undefined) : item;
        if (each !== item) {
          this.#expect("]");
          return each;
        }
        items.push(item);
        if (!this.#take(",") && !this.#is("]")) throw this.#unexpected(this.#peek().at);
      }
      return { kind: "list", at, items };
    });
  }

  #dict(at: number): Node {
    return this.#nested(() => {
      const entries: [Node, Node][] = [];
      while (!this.#take("}")) {
        const key = this.#expression();
        if (!this.#is(":")) throw new ExpressionError("sets are not supported: use a list, [ … ]", at);
        this.#next++;
        const value = this.#expression();
        const each = entries.length === 0 ? this.#each(key, value) : key;
        if (each !== key) {
          this.#expect("}");
          return each;
        }
        entries.push([key, value]);
        if (!this.#take(",") && !this.#is("}")) throw this.#unexpected(this.#peek().at);
      }
      return { kind: "dict", at, entries };
    });
  }

  /** `element for … in …`, where `for` follows; else the element. */
  #each(element: Node, value: Node | undefined): Node {
    const clauses: Clause[] = [];
    while (this.#takeWord("for")) {
      const names = [this.#name()];
      while (this.#take(",")) names.push(this.#name());
      this.#expectWord("in");
      const over = this.#logical("or");
      const conditions: Node[] = [];
      while (this.#takeWord("if")) conditions.push(this.#logical("or"));
      clauses.push({ names, over, conditions });
    }
    return clauses.length === 0 ? element : { kind: "each", at: element.at, element, value, clauses };
  }

  #nested(read: () => Node): Node {
    if (++this.#depth > limits.depth) throw new ExpressionError(`it is nested deeper than ${limits.depth} levels`, this.#peek().at);
    const node = read();
    this.#depth--;
    return node;
  }

  #name(): string {
    const token = this.#peek();
    if (token.kind !== "name" || words.has(token.text)) throw this.#unexpected(token.at);
    this.#next++;
    return token.text;
  }

  #peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#next + ahead, this.#tokens.length - 1)] as Token;
  }

  #is(text: string): boolean {
    const token = this.#peek();
    return token.kind === "operator" && token.text === text;
  }

  #take(text: string): boolean {
    if (!this.#is(text)) return false;
    this.#next++;
    return true;
  }

  #takeWord(text: string): boolean {
    const token = this.#peek();
    if (token.kind !== "name" || token.text !== text) return false;
    this.#next++;
    return true;
  }

  #expect(text: string): void {
    if (!this.#take(text)) throw this.#unexpected(this.#peek().at, text);
  }

  #expectWord(text: string): void {
    if (!this.#takeWord(text)) throw this.#unexpected(this.#peek().at, text);
  }

  #unexpected(at: number, wanted?: string): ExpressionError {
    const token = this.#tokens.find((each) => each.at === at) ?? this.#peek();
    const shown = token.kind === "end" ? "the end" : "text" in token ? token.text : "a text";
    return new ExpressionError(`${shown} is not expected here${wanted === undefined ? "" : `, but ${wanted}`}`, at);
  }
}

/** The expression in an f-string, whose places are those in the whole. */
function inner(source: string, at: number, depth: number): Node {
  try {
    const tokens = tokensOf(source).map((token) => ({ ...token, at: token.at + at }));
    return new Parser(tokens, depth).whole();
  } catch (error) {
    if (error instanceof ExpressionError && error.at !== undefined && error.at < at) error.at += at;
    throw error;
  }
}
