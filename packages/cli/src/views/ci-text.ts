/** The report of `tapline ci` for a terminal. Pure. */
import { layOut, wrap } from "@tapline/protocol/text";
import type { CiReport, CiSide, CiTable } from "@tapline/runner";
import { describeSeconds } from "@tapline/runner";
import { clean } from "../terminal.ts";
import { changesOf, headline, rowsText, stepResult, troubles, whatOf } from "./ci-words.ts";
import { keyText } from "./verify-text.ts";

/** `width`: of the terminal; undefined: none. */
export function describeCi(report: CiReport, width: number | undefined): string[] {
  const { head, base, tables, notes, seconds } = report;
  const changed = tables.filter(({ status }) => status !== "same");
  const same = tables.filter(({ status }) => status === "same").map(({ name }) => name);
  return [
    ...[head, ...(base === null ? [] : [base])].flatMap((side) => describeSide(side, width)),
    ...changed.flatMap((table) => describeTable(table, width)),
    ...(same.length > 0 ? ["", ...wrap(`Same: ${same.join(", ")}`, width)] : []),
    "",
    ...notes.flatMap((note) => wrap(`Note: ${note}`, width)),
    `${headline(report)}; ${describeSeconds(seconds)}`,
  ].map(clean);
}

function describeSide({ name, commit, jobs }: CiSide, width: number | undefined): string[] {
  const rows = jobs.flatMap(({ job, steps }) => steps.map((step) => [job, step.name, stepResult(step)]));
  const bad = jobs.flatMap(({ steps }) => steps.flatMap(troubles)).flatMap((text) => text.split("\n"));
  return [
    `${name} (${commit})`,
    ...layOut(rows, { width: width && width - 2 }).map((line) => `  ${line}`),
    ...bad.flatMap((text) => wrap(`  ${text}`, width)),
  ];
}

function describeTable(table: CiTable, width: number | undefined): string[] {
  const examples = table.key.length === 0 ? [] : table.examples.map((row) => [whatOf[row.what], keyText(row), row.columns.join(", ")]);
  return [
    "",
    `${table.name}  ${rowsText(table)} rows`,
    ...changesOf(table).flatMap((text) => wrap(`  ${text}`, width)),
    ...layOut(examples, { width: width && width - 4 }).map((line) => `    ${line}`),
  ];
}
