/** The licence texts of packages from npm whose code a bundle contains: their licences require that copies carry them. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./repository.ts";

/**
 * @param folders of the packages, relative to the root
 * @throws Error where a package has no licence text
 */
export function licences(folders: readonly string[]): string {
  const parts = folders.map((folder) => {
    const { name, version } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
    return `${name} ${version}\n\n${licenceText(folder)}\n`;
  });
  return `This bundle contains code of these packages.\n\n${parts.join(`\n${"-".repeat(80)}\n\n`)}`;
}

/** A file named LICENSE, or the section "License" of the README. */
function licenceText(folder: string): string {
  const find = (name: RegExp): string | undefined => {
    const file = readdirSync(join(root, folder)).find((each) => name.test(each));
    return file === undefined ? undefined : readFileSync(join(root, folder, file), "utf8");
  };
  const text = find(/^licen[cs]e(\.\w+)?$/i) ?? /^#+ licen[cs]e\n([\s\S]+?)(?=^#|$(?![\s\S]))/im.exec(find(/^readme\.md$/i) ?? "")?.[1];
  if (text === undefined) throw new Error(`${folder} is bundled, but has no licence text to include`);
  return text.trim();
}
