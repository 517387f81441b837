/** Reads a plugin's definition in the form of Meltano's hub. Pure. Keys that have no meaning here are ignored, because the hub has many. */

import { exactNumber, isObject, type Position, parseExact } from "@tapline/protocol";
import { isMap, isNode, LineCounter, parseDocument } from "yaml";
import { errors } from "../errors.ts";
import type { Definition, DefinitionSetting } from "../model/definition.ts";
import { isPluginName } from "./plugin-name.ts";

/** @throws definition_invalid, with all problems at once */
export function parseDefinition(text: string, path: string): Definition {
  const json = text.startsWith("{") ? parseJson(text) : undefined;
  if (json !== undefined) return readDefinition(json, { file: path });
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, intAsBigInt: true, prettyErrors: false });
  const broken = document.errors[0];
  if (broken !== undefined) {
    const { line, col } = lines.linePos(broken.pos[0]);
    const problems = [broken.message.split("\n", 1)[0] ?? ""];
    throw errors.definition_invalid({ problems }, { file: path, line, offset: col }, broken);
  }
  const given = isMap(document.contents) ? (exactNumbers(document.toJS()) as Record<string, unknown>) : {};
  const problems: { text: string; at: readonly (string | number)[] }[] = [];
  const definition = read(given, (problem, ...at) => problems.push({ text: problem, at }));
  const first = problems[0];
  if (first === undefined) return definition;
  const node = document.getIn(first.at, true);
  const offset = isNode(node) ? node.range?.[0] : undefined;
  const place = offset === undefined ? {} : { line: lines.linePos(offset).line, offset: lines.linePos(offset).col };
  throw errors.definition_invalid({ problems: problems.map((each) => each.text) }, { file: path, ...place });
}

/** Lock files of Meltano are JSON, which is read much faster than YAML. undefined: it is none. */
function parseJson(text: string): Record<string, unknown> | undefined {
  try {
    const value = parseExact(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** One that is already read, such as in tapline.yml. @throws definition_invalid, with all problems at once */
export function readDefinition(given: Record<string, unknown>, position: Position): Definition {
  const problems: string[] = [];
  const definition = read(given, (problem) => problems.push(problem));
  if (problems.length > 0) throw errors.definition_invalid({ problems }, position);
  return definition;
}

type Complain = (problem: string, ...at: (string | number)[]) => void;

function read(given: Record<string, unknown>, complain: Complain): Definition {
  const text = (key: string): string | undefined => {
    const value = given[key];
    if (value === undefined || value === null || value === "") return undefined;
    if (typeof value !== "string") complain(`${key} must be text`, key);
    return String(value);
  };
  const texts = (key: string): string[] | undefined => textList(given[key], key, complain);
  const object = (key: string): Record<string, unknown> | undefined => {
    const value = given[key];
    if (value === undefined || value === null) return undefined;
    if (!isObject(value)) complain(`${key} must be an object`, key);
    return value as Record<string, unknown>;
  };
  const name = text("name") ?? "";
  if (!isPluginName(name)) complain(`name must be a plugin's name, such as tap-github; it is ${JSON.stringify(name)}`, "name");
  const pip = text("pip_url")?.trim();
  return {
    name,
    variant: text("variant"),
    description: text("description"),
    pip: pip === "None" ? undefined : pip,
    python: text("python"),
    executable: text("executable"),
    capabilities: texts("capabilities"),
    settings: readSettings(given.settings, complain),
    groups: readGroups(given.settings_group_validation, complain),
    select: texts("select"),
    metadata: object("metadata"),
    schema: object("schema"),
  };
}

function readSettings(given: unknown, complain: Complain): DefinitionSetting[] {
  if (given === undefined || given === null) return [];
  if (!Array.isArray(given)) {
    complain("settings must be a list", "settings");
    return [];
  }
  return given.flatMap((each, at): DefinitionSetting[] => {
    if (!isObject(each) || typeof each.name !== "string" || each.name === "") {
      complain(`settings[${at}] must be an object with a name`, "settings", at);
      return [];
    }
    const { name, kind, value, sensitive, description } = each;
    return [
      {
        name,
        kind: typeof kind === "string" ? kind : "string",
        aliases: textList(each.aliases, `settings[${at}].aliases`, complain) ?? [],
        isSecret: sensitive === true || kind === "password" || kind === "oauth",
        description: typeof description === "string" ? description : "",
        value: value === null ? undefined : value,
        processors: [each.value_processor, each.value_post_processor].filter((processor) => typeof processor === "string"),
      },
    ];
  });
}

function readGroups(given: unknown, complain: Complain): string[][] {
  if (given === undefined || given === null) return [];
  const key = "settings_group_validation";
  if (Array.isArray(given)) return given.map((group, at) => textList(group, `${key}[${at}]`, complain) ?? []);
  complain(`${key} must be a list of lists`, key);
  return [];
}

function textList(value: unknown, place: string, complain: Complain): string[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
  complain(`${place} must be a list of texts`, place.split(/[[\].]/, 1)[0] ?? place);
  return undefined;
}

function exactNumbers(value: unknown): unknown {
  if (typeof value === "bigint") return exactNumber(String(value));
  if (Array.isArray(value)) return value.map(exactNumbers);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, exactNumbers(inner)]));
}
