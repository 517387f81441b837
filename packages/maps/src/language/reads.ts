/** Which properties of the record an expression reads. */
import { childrenOf, type Node } from "./ast.ts";
import { isRecord } from "./infer.ts";

/** Names that are properties, unless the record has none of the name; "all" where the expression takes the record as a whole. */
export type Reads = ReadonlySet<string> | "all";

/** Names that the record never has. */
export const ownNames: ReadonlySet<string> = new Set(["config", "fake", "__stream_name__", "__original_stream_name__"]);

export function readsOf(node: Node, locals: ReadonlySet<string> = new Set()): Reads {
  if (node.kind === "name") return isRecord(node) ? "all" : ownNames.has(node.id) || locals.has(node.id) ? new Set() : new Set([node.id]);
  const member = memberOf(node);
  if (member !== undefined) return join([new Set([member.name]), ...member.rest.map((each) => readsOf(each, locals))]);
  // The name of a function is no property.
  const children = node.kind === "call" && node.of.kind === "name" ? childrenOf(node).slice(1) : childrenOf(node);
  const bound = node.kind === "each" ? new Set([...locals, ...node.clauses.flatMap(({ names }) => names)]) : locals;
  return join(children.map((child) => readsOf(child, bound)));
}

/** `record['name']`, `record.get('name', …)`, `record.name`. */
function memberOf(node: Node): { name: string; rest: readonly Node[] } | undefined {
  const textIn = (each: Node | undefined): string | undefined =>
    each?.kind === "constant" && typeof each.value === "string" ? each.value : undefined;
  if (node.kind === "item" && isRecord(node.of)) {
    const name = textIn(node.index);
    return name === undefined ? undefined : { name, rest: [] };
  }
  if (node.kind === "call" && node.of.kind === "attribute" && node.of.name === "get" && isRecord(node.of.of)) {
    const name = textIn(node.args[0]);
    return name === undefined ? undefined : { name, rest: node.args.slice(1) };
  }
  return node.kind === "attribute" && isRecord(node.of) ? { name: node.name, rest: [] } : undefined;
}

function join(all: readonly Reads[]): Reads {
  const names = new Set<string>();
  for (const reads of all) {
    if (reads === "all") return "all";
    for (const name of reads) names.add(name);
  }
  return names;
}
