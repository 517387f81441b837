/**
 * The report of `tapline ci` as Markdown, for a comment under a pull request. Names and keys come from data, so whatever Markdown could read in
 * them is taken away. Pure.
 */
import type { CiReport, CiSide, CiTable } from "@tapline/runner";
import { changesOf, countOf, headline, rowsText, stepResult, troubles, whatOf } from "./ci-words.ts";
import { keyText } from "./verify-text.ts";

/** GitHub takes 65,536 characters. */
const mostTables = 60;
const mostLength = 300;

export function ciMarkdown(report: CiReport): string {
  const { head, base, tables, notes } = report;
  const changed = tables.filter(({ status }) => status !== "same");
  const same = tables.filter(({ status }) => status === "same");
  const left = changed.length - mostTables;
  const lines = [
    `### tapline ci: ${plain(headline(report))}`,
    "",
    ...sideTable(head, base),
    ...troubleList(head),
    ...(changed.length > 0 ? ["", "| table | rows | what changes |", "|---|---|---|", ...changed.slice(0, mostTables).map(tableRow)] : []),
    ...(left > 0 ? ["", `… and ${countOf(left, "table")} more: see the log.`] : []),
    ...changed.slice(0, mostTables).flatMap(rowsOfTable),
    ...(same.length > 0
      ? [
          "",
          `Same: ${same
            .slice(0, mostTables)
            .map(({ name }) => code(name))
            .join(", ")}`,
        ]
      : []),
    ...notes.flatMap((note) => ["", `> ${plain(note)}`]),
  ];
  return `${lines.join("\n")}\n`;
}

function sideTable(head: CiSide, base: CiSide | null): string[] {
  const results = (side: CiSide | null) =>
    new Map(side?.jobs.flatMap(({ job, steps }) => steps.map((step) => [`${job}: ${step.name}`, stepResult(step)])));
  const [own, other] = [results(head), results(base)];
  const names = [...new Set([...own.keys(), ...other.keys()])];
  const title = ({ name, commit }: CiSide): string => plain(`${name} (${commit})`);
  return [
    `| | ${title(head)} |${base === null ? "" : ` ${title(base)} |`}`,
    `|---|---|${base === null ? "" : "---|"}`,
    ...names.map(
      (name) => `| ${plain(name)} | ${plain(own.get(name) ?? "–")} |${base === null ? "" : ` ${plain(other.get(name) ?? "–")} |`}`,
    ),
  ];
}

function troubleList({ jobs }: CiSide): string[] {
  const found = jobs.flatMap(({ steps }) => steps.flatMap(troubles));
  return found.length === 0 ? [] : ["", ...found.map((text) => `- ${code(text)}`)];
}

const tableRow = (table: CiTable): string => `| ${code(table.name)} | ${rowsText(table)} | ${changesOf(table).map(plain).join("<br>")} |`;

function rowsOfTable({ name, key, examples }: CiTable): string[] {
  if (key.length === 0 || examples.length === 0) return [];
  const rows = examples.map((row) => `| ${whatOf[row.what]} | ${code(keyText(row))} | ${plain(row.columns.join(", "))} |`);
  return [
    "",
    `<details><summary>Some rows of ${plain(name)}</summary>`,
    "",
    "| | key | columns |",
    "|---|---|---|",
    ...rows,
    "",
    "</details>",
  ];
}

const short = (text: string): string => {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length > mostLength ? `${line.slice(0, mostLength)}…` : line;
};

/** Nothing in it is Markdown, HTML, a mention or a link. */
export const plain = (text: string): string =>
  short(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll(/[\\`*_[\]#|~@]/g, (sign) => `&#${sign.charCodeAt(0)};`)
    .replaceAll("://", "&#58;//");

/** As code: in it only a backtick, and in a table a bar, has a meaning. */
export const code = (text: string): string => `\`${short(text).replaceAll("`", "'").replaceAll("|", "¦")}\``;
