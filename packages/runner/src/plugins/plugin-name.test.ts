import { expect, test } from "vitest";
import { isPluginName, readNpmSpec, readRequirements } from "./plugin-name.ts";

test.each([
  ["tap-csv", { package: "tap-csv", version: undefined }],
  ["@acme/tap-x@1.2.3-rc.1", { package: "@acme/tap-x", version: "1.2.3-rc.1" }],
  ["tap-x@^2", { package: "tap-x", version: "^2" }],
])("%s is an npm package", (text, expected) => {
  expect(readNpmSpec(text)).toEqual(expected);
});

test.each([
  "",
  "--registry=http://evil",
  "-g",
  "tap-x --global",
  "tap-x;rm -rf .",
  "$(x)",
  "../x",
  "./x",
  "git+https://x/y",
  "@acme/../x",
  "tap-x@--x",
  "a@npm:b",
  "x".repeat(300),
])("%j is no npm package", (text) => {
  expect(() => readNpmSpec(text)).toThrow(expect.objectContaining({ code: "source_invalid" }));
});

test("kinds of requirements are distinguished", () => {
  const words = "meltanolabs-tap-github~=1.0 tap-x[s3,http]>=1,<2 git+https://github.com/a/tap-x.git@v0.1.0#subdirectory=x ./my-tap ..";
  expect(readRequirements(words).map(({ kind, name }) => [kind, name])).toEqual([
    ["package", "meltanolabs-tap-github"],
    ["package", "tap-x"],
    ["url", undefined],
    ["path", undefined],
    ["path", undefined],
  ]);
});

test.each([
  "",
  "--index-url=http://evil",
  "tap-x --pre",
  "-r requirements.txt",
  "-e ./x",
  "tap-x;python_version<'3'",
  "tap-x==$(id)",
  "`id`",
  "http://insecure.example/x.whl",
  "git+ext::sh",
  "git+file:///x?y",
  "https://user:secret@example.com/x.whl",
  "git+https://token@example.com/x.git",
  "my-folder/tap",
])("%j is no Python requirement, and no secret of it is shown", (text) => {
  expect(() => readRequirements(text)).toThrow(
    expect.objectContaining({ code: "source_invalid", message: expect.not.stringMatching(/secret|token/) }),
  );
});

test.each(["-x", ".x", "a b", "a/b", "", "x".repeat(129)])("%j is no plugin's name", (name) => {
  expect(isPluginName(name)).toBe(false);
});
