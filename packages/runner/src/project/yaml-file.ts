/** Parses YAML with exact numbers, and knows where each key is. No I/O. */

import { exactNumber } from "@tapline/protocol";
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from "yaml";
import { errors } from "../errors.ts";
import type { ParsedFile, Path } from "../model/project.ts";

export interface YamlFile {
  path: string;
  value: unknown;
  /** The position of the first of these paths that is in the file; {} when none is. */
  locate: ParsedFile["locate"];
}

/** @throws project_not_yaml */
export function parseYaml(text: string, path: string): YamlFile {
  const lines = new LineCounter();
  // Integers past 2^53 (account ids) would be rounded as JS numbers.
  const document = parseDocument(text, { lineCounter: lines, intAsBigInt: true, prettyErrors: false });
  const broken = document.errors[0];
  if (broken !== undefined) {
    const { line, col } = lines.linePos(broken.pos[0]);
    throw errors.project_not_yaml({ reason: firstLine(broken.message) }, { file: path, line, offset: col }, broken);
  }
  const locate: ParsedFile["locate"] = (...paths) => {
    for (const each of paths) {
      const offset = offsetOf(document, each);
      if (offset === undefined) continue;
      const { line, col } = lines.linePos(offset);
      return { file: path, line, offset: col };
    }
    return {};
  };
  return { path, value: exactNumbers(readValue(document, path)), locate };
}

function readValue(document: Document, path: string): unknown {
  try {
    return document.toJS() ?? {};
  } catch (error) {
    throw errors.project_not_yaml({ reason: firstLine(String((error as Error).message)) }, { file: path }, error);
  }
}

/** The offset of the key or list item at a path; undefined: it is not there. */
function offsetOf(document: Document, path: Path): number | undefined {
  const last = path.at(-1);
  const parent = path.length <= 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (isMap(parent)) {
    const pair = parent.items.find(({ key }) => String(isScalar(key) ? key.value : key) === String(last));
    return isNode(pair?.key) ? pair.key.range?.[0] : undefined;
  }
  const node = path.length === 0 ? document.contents : document.getIn(path, true);
  return isNode(node) ? node.range?.[0] : undefined;
}

function exactNumbers(value: unknown): unknown {
  if (typeof value === "bigint") return exactNumber(String(value));
  if (Array.isArray(value)) return value.map(exactNumbers);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, exactNumbers(inner)]));
}

const firstLine = (text: string): string => text.split("\n", 1)[0] ?? text;
