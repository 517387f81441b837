/** The tree of an expression. `at` is a place in its text. */
import type { Value } from "../values/value.ts";

export interface Clause {
  names: readonly string[];
  over: Node;
  conditions: readonly Node[];
}

interface Kinds {
  constant: { value: Value };
  name: { id: string };
  attribute: { of: Node; name: string };
  item: { of: Node; index: Node };
  slice: { of: Node; from?: Node | undefined; to?: Node | undefined; by?: Node | undefined };
  call: { of: Node; args: readonly Node[]; named: readonly (readonly [string, Node])[] };
  unary: { operator: string; of: Node };
  binary: { operator: string; left: Node; right: Node };
  /** `and`, `or`. */
  logical: { operator: string; items: readonly Node[] };
  compare: { first: Node; rest: readonly (readonly [operator: string, Node])[] };
  choose: { test: Node; then: Node; other: Node };
  list: { items: readonly Node[] };
  tuple: { items: readonly Node[] };
  dict: { entries: readonly (readonly [key: Node, value: Node])[] };
  /** `[element for … in … if …]`; with `value`, a dict. */
  each: { element: Node; value?: Node | undefined; clauses: readonly Clause[] };
  /** An f-string: its parts are joined. */
  text: { parts: readonly { of: Node; form: string }[] };
}

export type Node = { [K in keyof Kinds]: { kind: K; at: number } & Kinds[K] }[keyof Kinds];

/** The nodes directly inside a node. */
export function childrenOf(node: Node): readonly Node[] {
  const known = (nodes: readonly (Node | undefined)[]): Node[] => nodes.filter((each) => each !== undefined);
  switch (node.kind) {
    case "constant":
    case "name":
      return [];
    case "attribute":
    case "unary":
      return [node.of];
    case "item":
      return [node.of, node.index];
    case "slice":
      return known([node.of, node.from, node.to, node.by]);
    case "call":
      return [node.of, ...node.args, ...node.named.map(([, value]) => value)];
    case "binary":
      return [node.left, node.right];
    case "logical":
    case "list":
    case "tuple":
      return node.items;
    case "compare":
      return [node.first, ...node.rest.map(([, value]) => value)];
    case "choose":
      return [node.test, node.then, node.other];
    case "dict":
      return node.entries.flat();
    case "each":
      return known([node.element, node.value, ...node.clauses.flatMap(({ over, conditions }) => [over, ...conditions])]);
    case "text":
      return node.parts.map(({ of }) => of);
  }
}
