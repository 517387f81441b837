/** A cutover for people: what it would do, and what it did. Pure. */
import type { CutoverEnd, CutoverPlan } from "@tapline/runner";

export function describeCutoverPlan(plan: CutoverPlan, about: { job: string; environment: string }): string[] {
  const { answer, action, renames, edits, mentions, runs, reasons, isDone, resumes, target } = plan;
  const undo = action === "undo";
  const left = (title: string, text: string): string => `  ${title.padEnd(12)} ${text}`;
  const list = (title: string, texts: readonly string[]): string[] => texts.map((text, index) => left(index === 0 ? title : "", text));
  const pairs = renames.map(({ from, to }) => (undo ? `${to} -> ${from}` : `${from} -> ${to}`));
  const title = `${undo ? "undo of the cutover" : "cutover"} of ${about.job} (${about.environment}, ${target})`;
  if (isDone) return [`${title}: it is done`, ...list("to undo it", [`tapline cutover ${about.job} --undo`])];
  const isRenamed = answer.state === (undo ? "before" : "after");
  return [
    `${title}: nothing is changed yet${resumes ? "; it finishes a command that was killed" : ""}`,
    ...list("rename", isRenamed ? ["the database is done"] : pairs),
    ...list(
      "holds",
      answer.schemas.map(({ name, tables, views, owner }) => `${name}: ${tables} tables, ${views} views, owner ${owner}`),
    ),
    ...list(
      "files",
      edits.map((edit) => editText(edit, undo)),
    ),
    ...list(
      "by hand",
      mentions.map(({ file, line, text, why }) => `${file}:${line}: ${text} (not changed: ${why})`),
    ),
    ...list(
      "look at",
      answer.findings.map(({ text }) => text),
    ),
    ...list("SQL", isRenamed ? [] : ["BEGIN", ...answer.statements, "COMMIT"].map((statement) => `${statement};`)),
    ...list("in the way", [...answer.problems, ...runs, ...reasons]),
  ];
}

export function describeCutoverEnd(plan: CutoverPlan, end: CutoverEnd, job: string): string[] {
  const undo = plan.action === "undo";
  const pairs = plan.renames.map(({ from, to }) => (undo ? `${to} is ${from} again` : `${from} is now ${to}`));
  const { files, left, statements } = end;
  return [
    `${undo ? "undone" : "cut over"}: ${pairs.join(", ")}${statements.length === 0 ? " (the database was done before)" : ""}`,
    ...(files.length === 0 ? [] : [`  files changed: ${files.join(", ")}`]),
    ...left.map(({ file, path, from, to }) => `  left as it is: ${file}: ${path.join(".")} is neither ${from ?? "unset"} nor ${to}`),
    ...(undo ? [] : plan.mentions.map(({ file, line, text }) => `  by hand: ${file}:${line}: ${text}`)),
    ...(undo ? [] : plan.answer.findings.map(({ text }) => `  look at: ${text}`)),
    ...(undo ? [] : [`  to undo it: tapline cutover ${job} --undo`]),
  ];
}

function editText({ file, path, from, to }: CutoverPlan["edits"][number], undo: boolean): string {
  const [old, fresh] = undo ? [to, from] : [from, to];
  return `${file}: ${path.join(".")}: ${old ?? "(not set)"} -> ${fresh ?? "(not set)"}`;
}
