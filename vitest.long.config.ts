import { defineConfig } from "vitest/config";
import { closingLine } from "./packages/workspace/src/closing-line.ts";

/** The long suites, one file at a time, without a limit that a slow machine could meet. Seeds and rounds of a test go to `task.meta.result`. */
export default defineConfig({
  test: {
    include: ["packages/*/long/*.test.ts", "plugins/*/long/*.test.ts"],
    reporters: ["default", closingLine],
    globalSetup: ["packages/testing/src/postgres/setup.ts", "packages/testing/src/mariadb/setup.ts"],
    testTimeout: 6 * 3_600_000,
    hookTimeout: 3_600_000,
    fileParallelism: false,
  },
});
