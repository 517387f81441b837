/** Writes the files of a tap's package. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { exitCodes } from "../outcome.ts";
import { writeNew } from "../write-new.ts";
import { customTap, customTest } from "./custom-tap.ts";
import { restTap, restTest } from "./rest-tap.ts";

/** Versions that the package is made with; those of tapline are this one's. */
const versions = { tapline: "0.1.0", vitest: "5.1.1" };

/** Resolves to the exit code. A folder of that name stays as it is. */
export function makeTap(folder: string, name: string, kind: "rest" | "custom"): number {
  const plugin = `tap-${name}`;
  if (existsSync(join(folder, plugin))) {
    process.stderr.write(`There is already a ${plugin} here, so nothing was changed. Choose another name, or remove it.\n`);
    return exitCodes.usage;
  }
  const [source, test] = kind === "rest" ? [restTap(plugin, name), restTest(plugin)] : [customTap(plugin, name), customTest(plugin, name)];
  writeNew(folder, `${plugin}/package.json`, `${JSON.stringify(manifest(plugin, kind), null, 2)}\n`);
  writeNew(folder, `${plugin}/${plugin}.mjs`, source, 0o777);
  writeNew(folder, `${plugin}/test/contract.test.mjs`, test);
  writeNew(folder, `${plugin}/README.md`, readme(plugin));
  writeNew(folder, `${plugin}/.github/workflows/test.yml`, workflow);
  writeNew(folder, `${plugin}/.gitignore`, "node_modules/\nconfig.json\n");
  process.stdout.write(`\nNext: cd ${plugin} && npm install && npm test\nIn a project: tapline add --from ./${plugin}\n`);
  return exitCodes.done;
}

function manifest(plugin: string, kind: "rest" | "custom"): object {
  return {
    name: plugin,
    version: "0.1.0",
    description: `Singer tap: ${plugin}`,
    license: "Apache-2.0",
    type: "module",
    engines: { node: ">=22.13" },
    files: [`${plugin}.mjs`, "README.md"],
    bin: { [plugin]: `./${plugin}.mjs` },
    keywords: ["singer", "tap", "tapline-plugin"],
    tapline: { plugin },
    scripts: { start: `node ${plugin}.mjs`, test: "vitest run --test-timeout 60000" },
    dependencies: { [kind === "rest" ? "@tapline/rest" : "@tapline/sdk"]: versions.tapline },
    devDependencies: { "@tapline/testing": versions.tapline, vitest: versions.vitest },
  };
}

const readme = (plugin: string): string => `# ${plugin}

\`\`\`sh
npm test                                 # the contract that every tap keeps
npm start -- --about --format markdown   # its settings
npm start -- --config config.json --discover
\`\`\`

In a project of tapline: \`tapline add --from ./${plugin}\`, or \`tapline add ${plugin}\` once it is published (\`npm publish\`).
`;

const workflow = `name: test
on: [push, pull_request]
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with: { node-version: 24 }
      - run: npm install
      - run: npm test
`;
