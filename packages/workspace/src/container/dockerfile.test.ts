import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../repository.ts";
import { readDockerfile } from "./dockerfile.ts";

test("stages and their steps are read, over continued lines and without comments", () => {
  const text = `# a\nFROM node:24-slim AS build\nCOPY . /src\nRUN npm ci && \\\n  npm test\n\nFROM debian\nCOPY --from=build /a /b /c/\nENV A=1:$PATH\nUSER node\nENTRYPOINT ["a", "b"]\n`;
  expect(readDockerfile(text)).toEqual([
    {
      image: "node:24-slim",
      name: "build",
      steps: [
        { kind: "copy", from: undefined, sources: ["."], destination: "/src" },
        { kind: "run", command: "npm ci && npm test" },
      ],
    },
    {
      image: "debian",
      name: undefined,
      steps: [
        { kind: "copy", from: "build", sources: ["/a", "/b"], destination: "/c/" },
        { kind: "env", name: "A", value: "1:$PATH" },
        { kind: "user", name: "node" },
        { kind: "entrypoint", words: ["a", "b"] },
      ],
    },
  ]);
});

test.each(["FROM a\nARG X=1", "RUN ls", "FROM a\nCOPY --chown=1 a b", "FROM a\nENV A 1"])("%j is refused", (text) => {
  expect(() => readDockerfile(text)).toThrow(/not understood|before the first FROM/);
});

test("our Dockerfile ends as a user without rights, from a slim image", () => {
  const stages = readDockerfile(readFileSync(join(root, "Dockerfile"), "utf8"));
  const last = stages.at(-1);
  expect(last?.image).toMatch(/^node:\d+-slim$/);
  expect(last?.steps.findLast(({ kind }) => kind === "user")).toEqual({ kind: "user", name: "node" });
});
