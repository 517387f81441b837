/** A stream's name as the name of a folder. */
import { fileName } from "@tapline/sdk";

/** Names of this target's own files begin so. */
const reserved = /^_tapline/i;

export function folderName(stream: string): string {
  const name = fileName(stream);
  return reserved.test(name) ? `%5F${name.slice(1)}` : name;
}
