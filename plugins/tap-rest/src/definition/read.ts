/** Reads a description from a file or from those that come with the tap, and checks it. */
import { readdirSync, readFileSync } from "node:fs";
import { checkConfig, TaplineError } from "@tapline/sdk";
import { parse } from "yaml";
import { definitionsFolder } from "../definitions-folder.ts";
import { errors } from "../errors.ts";
import { type Definition, definitionSchema } from "./schema.ts";

/** Names of the descriptions that come with the tap. */
export function knownDefinitions(): string[] {
  return readdirSync(definitionsFolder)
    .filter((name) => name.endsWith(".yaml"))
    .map((name) => name.slice(0, -5))
    .sort();
}

/** @throws definition_missing, definition_unknown, definition_invalid */
export function readDefinition(place: string): Definition {
  const isName = /^[a-z0-9_-]+$/.test(place);
  if (isName && !knownDefinitions().includes(place)) throw errors.definition_unknown({ name: place, known: knownDefinitions().join(", ") });
  return checkDefinition(readFile(isName ? `${definitionsFolder}/${place}.yaml` : place), place);
}

function readFile(path: string): unknown {
  try {
    return parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw errors.definition_missing({ path, reason: (error as Error).message.split("\n")[0] ?? "" }, {}, error);
  }
}

/** @throws definition_invalid */
export function checkDefinition(given: unknown, path: string): Definition {
  if (typeof given !== "object" || given === null || Array.isArray(given))
    throw errors.definition_invalid({ path, problems: ["it is no object"] });
  let definition: Definition;
  try {
    const { config, warnings } = checkConfig<Definition>("the description", definitionSchema, given as Record<string, unknown>);
    if (warnings.length > 0) throw errors.definition_invalid({ path, problems: warnings });
    definition = config;
  } catch (error) {
    if (!(error instanceof TaplineError)) throw error;
    throw errors.definition_invalid({ path, problems: [error.message.replace(/^.*?: /s, "")] }, {}, error);
  }
  const names = definition.streams.map(({ name }) => name);
  const problems = definition.streams.flatMap(({ name, parent }) =>
    parent === undefined || names.includes(parent) ? [] : [`the parent ${JSON.stringify(parent)} of ${JSON.stringify(name)} is no stream`],
  );
  if (problems.length > 0) throw errors.definition_invalid({ path, problems });
  return definition;
}
