/** Starting the runner must be quick: what only some projects need is loaded when they need it. */
import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";

/** The files that are loaded by importing this one. */
function filesLoadedBy(url: string): string[] {
  const script = `
    import { registerHooks } from "node:module";
    const loaded = [];
    registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context); } });
    await import(${JSON.stringify(url)});
    console.log(JSON.stringify(loaded));`;
  return JSON.parse(execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" }));
}

test("the API loads neither the PostgreSQL client nor the validator of settings", () => {
  const loaded = filesLoadedBy(new URL("../dist/index.js", import.meta.url).href);
  expect(loaded.filter((url) => /packages\/runner\/dist/.test(url)).length).toBeGreaterThan(80);
  expect(loaded.filter((url) => /node_modules\/(pg|ajv)\/|packages\/postgres\//.test(url))).toEqual([]);
});
