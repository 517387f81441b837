/** The log of a run: its lines, with their source and level. */
import { Type } from "@tapline/protocol";
import { type RunRecord, readLogLines } from "@tapline/runner";
import { logAnswer } from "./answers.ts";
import { route } from "./route.ts";
import { knownRun } from "./runs.ts";

const mostLines = 10_000;

/** From the highest on. */
const levels = ["critical", "error", "warning", "info", "debug"];
const errorLevels = ["critical", "error", "fail"];

export const showLog = route({
  method: "GET",
  path: "/api/runs/:id/log",
  role: "read",
  summary: "The log of a run: the lines after a number that match.",
  query: Type.Object({
    search: Type.Optional(Type.String({ description: "Only lines with this text, in any case of letters." })),
    level: Type.Optional(Type.Enum([...levels], { description: "Only lines of this level or a higher one." })),
    after: Type.Optional(Type.String({ pattern: "^\\d{1,9}$", description: "Only lines with a higher number." })),
    limit: Type.Optional(Type.String({ pattern: "^\\d{1,5}$", description: `The last so many lines. Default: ${mostLines}.` })),
  }),
  answer: logAnswer,
  handle({ project, history }, { id, query }) {
    const lines = linesOf(project.folder, knownRun(history, id));
    const { search = "", level, after = "0", limit = String(mostLines) } = query;
    const wanted = level === undefined ? undefined : [...levels.slice(0, levels.indexOf(level) + 1), "fail"];
    const sought = search.toLowerCase();
    const found = lines.filter(
      (line) =>
        line.number > Number(after) &&
        (wanted === undefined || wanted.includes(line.level)) &&
        (sought === "" || `${line.source} ${line.text}`.toLowerCase().includes(sought)),
    );
    const firstError = lines.find((line) => errorLevels.includes(line.level));
    const last = Math.min(Number(limit), mostLines);
    return { lines: last === 0 ? [] : found.slice(-last), total: found.length, first_error: firstError?.number ?? null };
  },
});

/** As `tapline runs logs` prints it. */
export function logText(projectFolder: string, { runId }: RunRecord): string {
  return [...readLogLines(projectFolder, runId)].map((line) => `${line}\n`).join("");
}

function linesOf(
  projectFolder: string,
  { runId }: RunRecord,
): { number: number; time: string; source: string; level: string; text: string }[] {
  return [...readLogLines(projectFolder, runId)].map((line, index) => {
    const [, time = "", source = "", level = "-", text = line] = /^(\S+) (\S+) (\S+) (.*)$/s.exec(line) ?? [];
    return { number: index + 1, time, source, level, text };
  });
}
