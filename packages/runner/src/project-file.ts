/** tapline.yml as text to a checked value in which every problem has a line and a column. No I/O. */
import { didYouMean, exactNumber } from "@tapline/protocol";
import { Ajv2020, type ErrorObject } from "ajv/dist/2020.js";
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from "yaml";
import { errors } from "./errors.ts";
import { type ProjectFile, projectSchema } from "./project-schema.ts";

export interface ParsedProject {
  file: ProjectFile;
  /** "line 3, column 5" of the first of these paths that is in the file; "" when none is. */
  locate(...paths: readonly (readonly (string | number)[])[]): { line?: number; offset?: number };
}

/** @throws project_not_yaml, project_invalid (all problems at once) */
export function parseProject(text: string, path: string): ParsedProject {
  const lines = new LineCounter();
  // Integers past 2^53 (account ids) would be rounded as JS numbers.
  const document = parseDocument(text, { lineCounter: lines, intAsBigInt: true, prettyErrors: false });
  const broken = document.errors[0];
  if (broken !== undefined) {
    const { line, col } = lines.linePos(broken.pos[0]);
    throw errors.project_not_yaml({ reason: firstLine(broken.message) }, { file: path, line, offset: col }, broken);
  }
  const locate: ParsedProject["locate"] = (...paths) => {
    for (const each of paths) {
      const offset = offsetOf(document, each);
      if (offset === undefined) continue;
      const { line, col } = lines.linePos(offset);
      return { line, offset: col };
    }
    return {};
  };
  const file = plainNumbers(readValue(document, path)) as ProjectFile;
  const validate = new Ajv2020({ allErrors: true, strict: false, verbose: true }).compile(projectSchema);
  if (!validate(file)) {
    const found = describeProblems(validate.errors ?? []);
    const problems = found.map(({ problem, path: at }) => `${problem}${placeText(locate(at))}`);
    throw errors.project_invalid({ problems }, { file: path, ...(found[0] === undefined ? {} : locate(found[0].path)) });
  }
  return { file, locate };
}

function readValue(document: Document, path: string): unknown {
  try {
    return document.toJS() ?? {};
  } catch (error) {
    throw errors.project_not_yaml({ reason: firstLine(String((error as Error).message)) }, { file: path }, error);
  }
}

/** Where the key (or the list item) named by the path stands. */
function offsetOf(document: Document, path: readonly (string | number)[]): number | undefined {
  const last = path.at(-1);
  const parent = path.length <= 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (isMap(parent)) {
    const pair = parent.items.find(({ key }) => String(isScalar(key) ? key.value : key) === String(last));
    return isNode(pair?.key) ? pair.key.range?.[0] : undefined;
  }
  const node = path.length === 0 ? document.contents : document.getIn(path, true);
  return isNode(node) ? node.range?.[0] : undefined;
}

function plainNumbers(value: unknown): unknown {
  if (typeof value === "bigint") return exactNumber(String(value));
  if (Array.isArray(value)) return value.map(plainNumbers);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plainNumbers(inner)]));
}

function describeProblems(found: readonly ErrorObject[]): { problem: string; path: string[] }[] {
  // A value that is "object or null" fails twice more for the same cause; the object's own complaint is the useful one.
  const useful = found.filter((error) => error.keyword !== "anyOf" && !(error.keyword === "type" && error.params.type === "null"));
  return useful.map((error) => {
    const path = error.instancePath
      .split("/")
      .slice(1)
      .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
    if (error.keyword === "additionalProperties") {
      const key = String(error.params.additionalProperty);
      const meant = didYouMean(key, Object.keys((error.parentSchema as { properties?: object }).properties ?? {}));
      return {
        problem: `unknown key ${[...path, key].join(".")}${meant === undefined ? "" : `, did you mean ${meant}?`}`,
        path: [...path, key],
      };
    }
    const name = path.join(".") || "the file";
    if (error.keyword === "pattern") return { problem: `the step ${name} must be "tap target", two names with a space between`, path };
    return { problem: `${name} ${error.message ?? "is not valid"}`, path };
  });
}

function placeText(place: { line?: number; offset?: number }): string {
  return place.line === undefined ? "" : ` (line ${place.line}, column ${place.offset})`;
}

const firstLine = (text: string): string => text.split("\n", 1)[0] ?? text;
