/** A notice as text for people, and in the forms that chats and programs take. Pure. */
import { describeCount } from "../report/format.ts";
import type { Notice, Problem } from "./notice.ts";

/** The lines below the title: a label and a text each. */
export function linesOf(notice: Notice): [string, string][] {
  const { problems, warnings, loaded, command, runId, link, at } = notice;
  const more: [string, string | null][] = [
    ...problems.flatMap(linesOfProblem),
    ...warnings.map((text): [string, string] => ["warning", text]),
    ...loaded.map(({ stream, table, rows }): [string, string] => ["loaded", describeLoaded(stream, table, rows)]),
    ["next", command],
    ["run", runId],
    ["time", at],
    ["link", link],
  ];
  return more.filter((line): line is [string, string] => line[1] !== null);
}

function linesOfProblem({ step, plugin, stream, place, cause, fix }: Problem): [string, string | null][] {
  return [
    ["step", step],
    ["plugin", plugin],
    ["stream", stream],
    ["place", place],
    ["cause", cause],
    ["fix", fix],
  ];
}

function describeLoaded(stream: string, table: string | null, rows: number | null): string {
  return `${stream}: ${describeCount(rows)} ${rows === 1 ? "row" : "rows"}${table === null ? "" : ` into ${table}`}`;
}

export function asText(notice: Notice): string {
  return [notice.title, "", ...linesOf(notice).map(([label, text]) => `${label.padEnd(8)}${text}`), ""].join("\n");
}

/** The message of an incoming webhook; &, < and > are control characters there (docs.slack.dev, formatting message text). */
export function asSlack(notice: Notice): object {
  const plain = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  const lines = linesOf(notice).map(([label, text]) => `${label}: ${label === "next" ? `\`${plain(text)}\`` : plain(text)}`);
  return { text: [`*${plain(notice.title)}*`, ...lines].join("\n") };
}

/** A message with an adaptive card, as a workflow of Teams takes it. Its texts are Markdown, so links and lists are escaped. */
export function asTeams(notice: Notice): object {
  const plain = (text: string): string => text.replaceAll(/[\\[\]*_`~#>]/g, "\\$&");
  const content = {
    $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
    type: "AdaptiveCard",
    version: "1.4",
    body: [
      { type: "TextBlock", text: plain(notice.title), weight: "Bolder", size: "Medium", wrap: true },
      { type: "FactSet", facts: linesOf(notice).map(([title, text]) => ({ title, value: plain(text) })) },
    ],
    ...(notice.link === null ? {} : { actions: [{ type: "Action.OpenUrl", title: "Open the run", url: notice.link }] }),
    msteams: { width: "Full" },
  };
  return { type: "message", attachments: [{ contentType: "application/vnd.microsoft.card.adaptive", contentUrl: null, content }] };
}

/** What a webhook and a command get. The form only grows. */
export function asJson({ runId, ...notice }: Notice): object {
  return { ...notice, run_id: runId, text: asText({ runId, ...notice }) };
}
