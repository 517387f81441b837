/** The settings in a plugin's README, which are those that the plugin itself prints. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ownCommand, ownFolder } from "./command.ts";

const [start, end] = ["<!-- settings -->", "<!-- /settings -->"];

/**
 * A test that the README has the settings of `--about`, between the lines `<!-- settings -->` and `<!-- /settings -->`. Vitest writes them where it is
 * told to update (`vitest run --update`).
 * @param url `import.meta.url` of the test
 */
export function describeReadme(url: string): void {
  test("the README has the plugin's settings", async () => {
    const [file = "", ...args] = [...ownCommand(url), "--about", "--format", "markdown"];
    const about = execFileSync(file, args, { encoding: "utf8" });
    const path = join(ownFolder(url), "README.md");
    await expect(withSettings(readFileSync(path, "utf8"), about)).toMatchFileSnapshot(path);
  });
}

/** @throws Error where the text lacks the two lines */
export function withSettings(readme: string, about: string): string {
  const [from, to] = [readme.indexOf(start), readme.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`README.md lacks the lines ${start} and ${end}`);
  const table = about.split("\n").filter((line) => line.startsWith("|"));
  return `${readme.slice(0, from + start.length)}\n${table.join("\n")}\n${readme.slice(to)}`;
}
