import { expect, test } from "vitest";
import { readRequirements } from "../plugins/plugin-name.ts";
import { isPinned, withVersion } from "./requirement-version.ts";

test.each([
  ["tap-x==1.2", true, "tap-x==3"],
  ["tap-x[s3]===1.2", true, "tap-x[s3]==3"],
  ["tap-x>=1,==1.2", true, "tap-x==3"],
  ["tap-x==1.*", false, "tap-x==3"],
  ["tap-x[s3,http]~=1.0", false, "tap-x[s3,http]==3"],
  ["tap-x", false, "tap-x==3"],
])("whether %s allows one version alone, and the same in another one", (text, expected, other) => {
  const [read] = readRequirements(text);
  if (read === undefined) throw new Error("it is a requirement");
  expect([isPinned(read), withVersion(read, "3")]).toEqual([expected, other]);
});
