/** The names of deselected columns that a run gives its target: the tap may send these columns all the same. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { runStep } from "../src/pipe-run/run.ts";
import { prepareStep } from "../src/plugins/prepare.ts";
import { createStopSwitch } from "../src/process/stop-switch.ts";
import { openProject } from "../src/project/project.ts";
import { makeProject } from "./fixture-project.ts";

const stream = {
  tap_stream_id: "public-items",
  stream: "items",
  key_properties: ["id"],
  schema: { properties: { id: {}, note: {}, secret: {} } },
};
const tapScript = `
if (process.argv.includes("--about")) process.exit(2);
if (process.argv.includes("--discover")) console.log('${JSON.stringify({ streams: [stream] })}');
`;
const targetScript = (capabilities: readonly string[]): string => `
import { copyFileSync } from "node:fs";
const about = { name: "target-test", version: "1.0.0", capabilities: ${JSON.stringify(capabilities)} };
if (process.argv.includes("--about")) console.log(JSON.stringify(about));
else {
  copyFileSync(process.argv[process.argv.indexOf("--config") + 1], "given.json");
  process.stdin.resume();
}
`;
const fileCatalog = {
  streams: [
    {
      ...stream,
      metadata: [
        { breadcrumb: [], metadata: { selected: true } },
        { breadcrumb: ["properties", "note"], metadata: { selected: false } },
      ],
    },
  ],
};

interface Case {
  entry?: object;
  capabilities?: readonly string[];
  mappers?: readonly string[];
}

async function givenToTarget({ entry = {}, capabilities = ["deselected"], mappers = [] }: Case): Promise<unknown> {
  const executable = fileURLToPath(new URL("fixtures/mapper.mjs", import.meta.url));
  const plugins = { tap: { executable: "./tap.mjs", ...entry }, target: { executable: "./target.mjs" } };
  const { folder } = makeProject({}, {}, plugins, { "map-test": { executable, config: {} } });
  writeFileSync(join(folder, "tap.mjs"), tapScript);
  writeFileSync(join(folder, "target.mjs"), targetScript(capabilities));
  writeFileSync(join(folder, "catalog.json"), JSON.stringify(fileCatalog));
  const project = openProject(folder);
  const step = await prepareStep({ project, tap: "tap-test", mappers: [...mappers], target: "target-test" });
  const { failure } = await runStep({ project, step, stop: createStopSwitch(), onEvent() {} });
  expect(failure).toBeNull();
  return JSON.parse(readFileSync(join(folder, "given.json"), "utf8")).deselected;
}

const select = ["items", "!items.secret"];

test.each<[string, Case, unknown]>([
  ["by the project's rules", { entry: { select } }, { items: ["secret"] }],
  ["by a catalog file that the tap is given as it is", { entry: { catalog: "catalog.json" } }, { items: ["note"] }],
  ["where nothing is deselected", { entry: { select: ["items"] } }, undefined],
  ["after a mapper, which may rename columns", { entry: { select }, mappers: ["map-test"] }, undefined],
  ["for a target that does not know the setting", { entry: { select }, capabilities: [] }, undefined],
])("deselected columns, %s", async (_name, given, expected) => {
  expect(await givenToTarget(given)).toEqual(expected);
});
