/** Recognizes one file under several spellings of its path, such as `in/a.csv`, `./in/a.csv` and `/data/in/a.csv`. */
import { resolve } from "node:path";

/**
 * Equal for names of the same file, relative to the working folder. Links are not followed. `name`: as `nameOf` returns it. The name
 * of an archive's member stays as it is, because "." and ".." have no meaning there.
 */
export function identityOf(name: string): string {
  const [, archive = name, member = ""] = /^(.*?\.zip)(\/.+)$/i.exec(name) ?? [];
  return resolve(archive) + member;
}
