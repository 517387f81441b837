import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { expect, test, vi } from "vitest";
import { loadLines } from "../../test/load-lines.ts";

test("a load that can't begin leaves no folder for files on their way", async () => {
  for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]) vi.stubEnv(name, "x");
  const { failure } = await loadLines("s3://lake/a", "", { endpoint: "http://127.0.0.1:9" });
  vi.unstubAllEnvs();
  expect(failure).toMatchObject({ code: "s3_unreachable" });
  expect(readdirSync(tmpdir()).filter((name) => name.startsWith(`tapline-parquet-${process.pid}-`))).toEqual([]);
});
