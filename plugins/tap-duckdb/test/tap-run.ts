/** Runs tap-duckdb in the process of a test. */
import { tapRunner } from "@tapline/testing/tap-run";
import tap from "../src/index.ts";

export const { runTap, discoverCatalog } = tapRunner(tap);
