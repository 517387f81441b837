/**
 * Every definition file of a copy of Meltano's hub is understood: `npm run test:long hub DIR`, with DIR such as hub/_data/meltano.
 * Covers: packages/runner/src/plugins/definition.ts, packages/runner/src/plugins/definition-config.ts, packages/runner/src/plugins/plugin-name.ts
 * Takes: DIR
 */

import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import type { Definition } from "../src/model/definition.ts";
import { parseDefinition } from "../src/plugins/definition.ts";
import { checkSettings, completeAbout, entryOfDefinition, shapeConfig } from "../src/plugins/definition-config.ts";
import { readRequirements } from "../src/plugins/plugin-name.ts";
import bars from "./hub.bars.json" with { type: "json" };

declare module "vitest" {
  interface TaskMeta {
    result?: Record<string, unknown>;
  }
}

const [folder = ""] = JSON.parse(process.env.TEST_LONG_ARGUMENTS ?? "[]") as string[];

test("all of them parse, and can be used", ({ task }) => {
  const files = definitionFiles(resolve(folder));
  const definitions = files.map((file) => parseDefinition(readFileSync(file, "utf8"), file));
  for (const definition of definitions) use(definition);
  const refused = definitions
    .filter(({ pip }) => pip !== undefined && !isInstallable(pip))
    .map(({ name, variant }) => `${name} (${variant})`);
  task.meta.result = { files: files.length, refused_requirements: refused };
  expect(files.length).toBeGreaterThanOrEqual(bars.least_files);
  // Their pip_url has options (`--constraint`), which are not passed on.
  expect(refused.length).toBeLessThanOrEqual(bars.most_refused);
});

/** With a value for each setting of its first group it is complete, and all its secrets are known. */
function use(definition: Definition): void {
  const wanted = definition.groups[0] ?? [];
  const known = new Set(definition.settings.map(({ name }) => name));
  const given = Object.fromEntries(
    wanted.filter((name) => !known.has(name) || !isSet(definition, name)).map((name) => [name, sample(definition, name)]),
  );
  const config = shapeConfig(definition, definition.name, given);
  checkSettings(definition, definition.name, config);
  expect(entryOfDefinition(definition).executable).toMatch(/^[\w.-]+$/);
  const about = completeAbout(definition, null);
  expect(JSON.stringify(about.settings).split('"secret":true').length - 1).toBeGreaterThanOrEqual(
    new Set(definition.settings.filter(({ isSecret }) => isSecret).map(({ name }) => name)).size,
  );
}

function isSet(definition: Definition, name: string): boolean {
  const value = definition.settings.find((each) => each.name === name)?.value;
  // Names of Meltano's own stand for nothing here.
  return value !== undefined && !/\$\{?MELTANO_(?!PROJECT_ROOT)/.test(String(value));
}

function sample(definition: Definition, name: string): unknown {
  const samples: Record<string, unknown> = { integer: 1, decimal: 1, boolean: true, array: [], object: {} };
  return samples[definition.settings.find((each) => each.name === name)?.kind ?? ""] ?? "x";
}

function isInstallable(pip: string): boolean {
  try {
    return readRequirements(pip).length > 0;
  } catch {
    return false;
  }
}

function definitionFiles(below: string): string[] {
  const entries = readdirSync(below, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name)).map((entry) => join(entry.parentPath, entry.name));
}
