/** A server of a project, as `tapline serve --json` runs it, and what it left in the history. */
import { openHistory, type RunRecord } from "@tapline/runner";
import { type Started, start } from "./tapline.ts";

export interface Server extends Started {
  /** Of its events, as they come. */
  events: { type: string; [name: string]: unknown }[];
}

export function startServer(folder: string, ...flags: string[]): Server {
  const started = start(folder, ["serve", "--port", "0", "--json", ...flags]);
  const events: Server["events"] = [];
  let rest = "";
  started.child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) events.push(JSON.parse(line));
  });
  return { ...started, events };
}

/** The newest run first. */
export function runsOf(folder: string): RunRecord[] {
  using history = openHistory(folder);
  return history.runs({ limit: 100 });
}
