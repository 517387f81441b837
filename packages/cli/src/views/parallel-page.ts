/** The report of a day as one HTML page without scripts, so that it can be sent and kept. Pure. */
import { type DayReport, stateText, type TableReport } from "@tapline/runner";

export function dayPage(report: DayReport): string {
  const { job, environment, day, id, verdict, tables, ended_at: at, problems } = report;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${html(`${job}, ${day}: ${stateText(verdict)}`)}</title>
<style>
body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1c1c1e;background:#fff}
h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2rem;border-top:1px solid #ddd;padding-top:1rem}
table{border-collapse:collapse;margin:.5rem 0}th,td{text-align:left;padding:.2rem .9rem .2rem 0;border-bottom:1px solid #eee;vertical-align:top}
td.n{text-align:right;font-variant-numeric:tabular-nums}code{font-family:ui-monospace,monospace}
.clean{color:#1a7f37}.different,.failed{color:#b42318}
</style></head><body>
<h1>${html(`${job} (${environment}), ${day}`)}: <span class="${verdict}">${html(stateText(verdict))}</span></h1>
<p>Report <code>${html(id)}</code>, compared until ${html(at)}.</p>
${list(problems)}
${tables.map(section).join("\n")}
</body></html>
`;
}

function section(table: TableReport): string {
  const { old_rows: before, new_rows: after, only_old: gone, only_new: extra, differing, columns, examples, metrics, verdict } = table;
  const totals = metrics.map(({ name, groups, different }) =>
    different.length === 0
      ? `<tr><td>${html(name)}</td><td>equal in ${groups} ${groups === 1 ? "group" : "groups"}</td><td></td><td></td></tr>`
      : different.map((each) => row([name, each.group, each.old ?? "none", each.new ?? "none"])).join(""),
  );
  const keys = examples.map(({ what, key, columns: own = [] }) =>
    row([
      what.replace("_", " "),
      Object.entries(key)
        .map(([name, value]) => `${name} = ${value ?? "NULL"}`)
        .join(", "),
      own.join(", "),
    ]),
  );
  return `<h2>${html(table.table)}: <span class="${verdict}">${verdict === "clean" ? "the same" : html(verdict)}</span></h2>
${list(table.problems)}
<table><tr><th></th><th>${html(table.old)}</th><th>${html(table.new)}</th></tr>
<tr><td>rows</td><td class="n">${before ?? "?"}</td><td class="n">${after ?? "?"}</td></tr>
<tr><td>only here</td><td class="n">${gone}</td><td class="n">${extra}</td></tr>
<tr><td>differing</td><td class="n" colspan="2">${differing}</td></tr></table>
${columns.length === 0 ? "" : `<table><tr><th>column</th><th>rows that differ</th></tr>${columns.map(({ name, rows }) => row([name, String(rows)])).join("")}</table>`}
${keys.length === 0 ? "" : `<table><tr><th>some rows</th><th>key</th><th>columns</th></tr>${keys.join("")}</table>`}
${totals.length === 0 ? "" : `<table><tr><th>total</th><th>group</th><th>old</th><th>new</th></tr>${totals.join("")}</table>`}`;
}

const row = (cells: readonly string[]): string => `<tr>${cells.map((cell) => `<td>${html(cell)}</td>`).join("")}</tr>`;

const list = (texts: readonly string[]): string =>
  texts.length === 0 ? "" : `<ul>${texts.map((text) => `<li>${html(text)}</li>`).join("")}</ul>`;

const html = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
