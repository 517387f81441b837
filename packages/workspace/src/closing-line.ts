/** Prints the last line of a test run for programs: "12 passed, 0 failed". A run without any test counts as failed. */
import type { Reporter, TestModule } from "vitest/node";

export const closingLine: Reporter = {
  onTestRunEnd(modules, unhandledErrors) {
    const counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === "pending") counts.skipped++;
        else counts[state]++;
      }
      counts.failed += failuresOutsideTests(module);
    }
    if (counts.passed === 0) counts.failed ||= 1;
    process.on("exit", () => {
      console.log(`${counts.passed} passed, ${counts.failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ""}`);
    });
  },
};

/** A file that can't be loaded or a hook that throws fails without any test failing. */
function failuresOutsideTests(module: TestModule): number {
  return module.errors().length;
}
