/** The files of a new project: small, and they run without a change. */

export interface StarterFile {
  content: string;
  /** Advice for people who have such a file already. */
  ifThere?: string;
}

/** Editors find completion and checks for tapline.yml through this. */
const projectSchemaUrl = "https://raw.githubusercontent.com/tapline/tapline/main/schemas/tapline.schema.json";

/** By path. */
export function starterFiles(job: string): Record<string, StarterFile> {
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
