import { expect, test } from "vitest";
import type { Project } from "../model/project.ts";
import { parseProject } from "../project/project-file.ts";
import { combine } from "../project/project-files.ts";
import { readersOf } from "./repoint.ts";

const yaml = `
plugins:
  warehouse: { inherit_from: target-duckdb, kind: target }
  dbt: { config: { target: warehouse } }
  marts: { kind: utility, config: { target: other } }
  tap-x: { config: { target: warehouse } }
environments:
  prod: { plugins: { marts: { config: { target: warehouse } } } }
`;

test("the readers of a target are the programs whose setting names it, also those that don't say that they are one", () => {
  const parsed = combine([parseProject(yaml, "/shop/tapline.yml")]);
  const project: Project = { folder: "/shop", path: "/shop/tapline.yml", parsed, variables: {}, processEnv: {} };
  expect(readersOf(project, "warehouse", "dev")).toEqual(["dbt"]);
  expect(readersOf(project, "warehouse", "prod")).toEqual(["dbt", "marts"]);
});
