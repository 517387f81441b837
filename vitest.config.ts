import { defineConfig } from "vitest/config";
import { closingLine } from "./packages/workspace/src/closing-line.ts";

export default defineConfig({
  test: {
    include: ["packages/*/{src,test}/**/*.test.ts", "plugins/*/{src,test}/**/*.test.ts", "examples/**/*.test.ts"],
    reporters: ["default", closingLine],
    globalSetup: ["packages/testing/src/postgres/setup.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
