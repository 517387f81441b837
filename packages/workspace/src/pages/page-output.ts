/** Compares what commands printed with what a page shows. A page can't know times, ids and rates, so any of them equals any other. */

/** What differs from run to run, and the word that takes its place. The first match wins. */
const varying: readonly (readonly [RegExp, string])[] = [
  [/\d{8}T\d{6}Z-[0-9a-f]{8}/g, "<run>"],
  [/\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)?/g, "<time>"],
  [/\b(?=[a-z0-9]*\d)[a-z0-9]{18}\b/g, "<row>"],
  [/\d+(\.\d+)? ?(ms|s|min|h)\b/g, "<duration>"],
  [/[\d,.]+ (rows|records|MB|kB|MiB|KiB)\/s/g, "<rate>"],
  [/\/tmp\/[\w./-]*\//g, ""],
];

/**
 * What is wrong with the output, or undefined. A line `...` of the page may be any lines, and `…` any characters of a line. Spaces
 * count as one, because columns are as wide as their longest cell.
 */
export function outputDifference(shown: string, printed: string): string | undefined {
  const expected = withoutVarying(shown);
  const pattern = expected.map((line) => (line.trim() === "..." ? "(?:.*\n)*?" : `${line.split("…").map(quoted).join(".*")}\n`)).join("");
  const got = withoutVarying(printed);
  if (new RegExp(`^${pattern}$`).test(`${got.join("\n")}\n`)) return undefined;
  return `the page shows\n${expected.join("\n")}\nbut the commands printed\n${got.join("\n")}`;
}

function withoutVarying(text: string): string[] {
  const lines = varying.reduce((rest, [pattern, word]) => rest.replaceAll(pattern, word), text.replaceAll("\r", "\n")).split("\n");
  return lines
    .map((line) => line.replaceAll(/[\s─—-]{2,}/g, (run) => (run.trim() === "" ? " " : run)).trim())
    .filter((line) => line !== "");
}

function quoted(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
