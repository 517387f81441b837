import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { expect, test } from "vitest";
import { projectSchema } from "../model/project-schema.ts";
import { checkForm, type Form } from "./check-form.ts";

const form = projectSchema as Form;
const problems = (file: unknown): string[] => [...checkForm(form, file)].map(({ problem }) => problem);

test.each<[unknown, string[]]>([
  [{ jobs: { a: ["b c", { run: "x", aftr: [] }] } }, ["unknown key jobs.a.1.aftr, did you mean after?"]],
  [{ jobs: { a: [] } }, ["jobs.a must have at least 1 item"]],
  [{ jobs: { a: 7 } }, ["jobs.a must be a list or an object"]],
  [{ plugins: { a: { kind: "tab" } } }, ["plugins.a.kind must be tap or target or mapper or utility, did you mean tap?"]],
  [{ plugins: { a: { catalog_max_age_hours: -1 } } }, ["plugins.a.catalog_max_age_hours must be at least 0"]],
  [{ verify: { a: { here: "a@b", there: "c@d", tolerance: { c: 0 } } } }, ["verify.a.tolerance.c must be more than 0"]],
  [{ env: { "a-b": "x" } }, ["unknown key env.a-b"]],
  [{ env: { A: 1 } }, ["env.A must be text"]],
  [{ default_environment: "" }, ["default_environment must not be empty"]],
])("%j is recognized", (file, wanted) => {
  expect(problems(file)).toEqual(wanted);
});

test("every keyword of the project's schema is known here", () => {
  const known = new Set([
    ...["type", "const", "enum", "anyOf", "properties", "patternProperties", "additionalProperties", "required", "items"],
    ...["minItems", "minLength", "maxLength", "pattern", "minimum", "exclusiveMinimum", "maximum", "title", "description", "default"],
  ]);
  const unknown: string[] = [];
  const visit = (node: Record<string, unknown>): void => {
    for (const [keyword, inner] of Object.entries(node)) {
      if (!known.has(keyword)) unknown.push(keyword);
      if (keyword === "properties" || keyword === "patternProperties") for (const each of Object.values(inner as object)) visit(each);
      else if (keyword === "anyOf") for (const each of inner as Record<string, unknown>[]) visit(each);
      else if (keyword === "items") visit(inner as Record<string, unknown>);
    }
  };
  visit(JSON.parse(JSON.stringify(projectSchema)));
  expect(unknown).toEqual([]);
});

test("it accepts and refuses what Ajv does", () => {
  const ajv = new Ajv2020({ strict: false }).compile(JSON.parse(JSON.stringify(projectSchema)));
  const name = fc.constantFrom(
    "plugins",
    "jobs",
    "env",
    "environments",
    "config",
    "select",
    "run",
    "steps",
    "kind",
    "executable",
    "after",
    "dev",
    "A",
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 6 },
      fc.constantFrom(null, 1, -1, 1.5, "", "tap", "a b", true),
      fc.array(tie("tree"), { maxLength: 2 }),
      fc.dictionary(name, tie("tree"), { maxKeys: 3 }),
    ),
  }));
  fc.assert(
    fc.property(fc.dictionary(name, tree, { maxKeys: 3 }), (file) => {
      expect(problems(file).length === 0).toBe(ajv(file));
    }),
    { numRuns: 1000 },
  );
});
