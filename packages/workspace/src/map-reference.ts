/** The parts of the reference of stream maps that are made from the language. */
import { languageParts } from "@tapline/maps";

/** `page` with each part between its comments. @throws Error where the page lacks one */
export function withLanguage(page: string): string {
  return Object.entries(languageParts()).reduce((text, [name, lines]) => {
    const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
    const [from, to] = [text.indexOf(start), text.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`docs/reference/stream-maps.md has no place for ${name}`);
    return `${text.slice(0, from + start.length)}\n${lines.join("\n")}\n${text.slice(to)}`;
  }, page);
}
