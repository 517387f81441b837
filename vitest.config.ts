import { defineConfig } from "vitest/config";
import { closingLine } from "./packages/workspace/src/closing-line.ts";

export default defineConfig({
  test: {
    include: ["packages/*/{src,test,page}/**/*.test.ts", "plugins/*/{src,test}/**/*.test.ts", "examples/**/*.test.ts"],
    reporters: ["default", closingLine],
    globalSetup: ["packages/testing/src/postgres/setup.ts", "packages/testing/src/mariadb/setup.ts"],
    // Only for what hangs: a slow machine that does other work too takes ten times as long as a fast one.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    maxWorkers: 2,
    // Files share their worker: a fifth of a second of CPU less for each of 470 files. A test puts back what it changes of its process.
    isolate: false,
  },
});
