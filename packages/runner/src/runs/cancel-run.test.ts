import { expect, test } from "vitest";
import { thisRunner } from "../state/host.ts";
import { cancelRun } from "./cancel-run.ts";

test("a run of another machine is left alone, and the machine is named", async () => {
  const runner = { ...thisRunner(), host: "another boot", machine: "another machine", hostname: "loader-2" };
  await expect(cancelRun("/nowhere", { runId: "20260131T101500Z-1a2b3c4d", runner })).rejects.toMatchObject({
    code: "run_elsewhere",
    message: "Run 20260131T101500Z-1a2b3c4d is on another machine, loader-2",
  });
});
