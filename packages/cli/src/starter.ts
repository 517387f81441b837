/** A small project to try, which runs without a change. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { exitCodes } from "./outcome.ts";
import { writeNew } from "./write-new.ts";

interface StarterFile {
  content: string;
  /** Advice for people who have such a file already. */
  ifThere?: string;
}

/** Editors find completion and checks for tapline.yml through this. */
export const projectSchemaUrl = "https://raw.githubusercontent.com/tapline/tapline/main/schemas/tapline.schema.json";

/** Resolves to the exit code. Files that are there stay as they are. */
export function writeSample(folder: string, job: string): number {
  for (const [path, { content, ifThere }] of Object.entries(starterFiles(job))) {
    if (existsSync(join(folder, path))) process.stdout.write(`kept     ${path}${ifThere === undefined ? "" : `   (${ifThere})`}\n`);
    else writeNew(folder, path, content);
  }
  process.stdout.write(`\nNext: tapline run ${job}\n`);
  return exitCodes.done;
}

/** By path. */
function starterFiles(job: string): Record<string, StarterFile> {
  return {
    "tapline.yml": { content: projectFile(job) },
    "data/items.csv": { content: items },
    ".gitignore": { content: ".tapline/\noutput/\n.env\nnode_modules/\n", ifThere: "add the lines .tapline/, output/ and .env yourself" },
  };
}

function projectFile(job: string): string {
  return `# yaml-language-server: $schema=${projectSchemaUrl}
default_environment: dev

plugins:
  tap-csv:
    config:
      files:
        - entity: items
          path: data/items.csv
          keys: [id]
  target-duckdb:
    config:
      filepath: output/${job}.duckdb

environments:
  prod:
    plugins:
      target-duckdb:
        config:
          filepath: $DATABASE_FILE # from the environment, or from a file .env beside this one

jobs:
  ${job}: [tap-csv target-duckdb]
`;
}

const items = `id,name,price,in_stock,updated
1,"Lamp, brass",49.90,true,2026-01-05
2,Chair,120.00,true,2026-01-07
3,"Table ""Oslo""",399.50,false,2026-01-09
`;
