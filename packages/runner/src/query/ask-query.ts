/** Asks a target for rows (`--query`) and passes them on as they arrive. */
import type { Readable } from "node:stream";
import { capabilities, hasCapability, type Query, type ResultColumn, readQueryLine } from "@tapline/protocol";
import { errors } from "../errors.ts";
import { asFailure, type Failure } from "../model/failure.ts";
import type { StopSource } from "../model/stop.ts";
import { preparePlugin, type StepOptions } from "../plugins/prepare.ts";
import { type AskContext, askPlugin } from "../process/ask-plugin.ts";
import { eachLine } from "../process/lines.ts";
import { chooseTarget } from "./choose-target.ts";

export interface QueryRequest extends Omit<AskContext, "stop">, Pick<StepOptions, "environment" | "binFolders"> {
  /** undefined: the only one of the project. */
  target: string | undefined;
  query: Query;
  stop: StopSource;
  /** Called once, before the first row. */
  onColumns(columns: readonly ResultColumn[]): void;
  /** `cells`: the JSON text of each value. Where it returns a promise, the next row waits for it. */
  onRow(cells: readonly string[]): Promise<void> | undefined;
  /** Called when all rows that are to be shown were passed on. The others may still be counted. */
  onLimit?(): void;
}

export interface QueryEnd {
  /** Rows passed on. */
  rows: number;
  /** Rows that the limit left out. */
  more: number;
}

/** @throws as `preparePlugin`, target_missing, target_not_chosen, rows_not_shown */
export async function askQuery(request: QueryRequest): Promise<QueryEnd | { failure: Failure }> {
  const { project, query, stop, onEvent } = request;
  const ready = await preparePlugin(project, chooseTarget(project, request.target), request);
  const { name } = ready.plugin;
  if (!hasCapability(ready.about, capabilities.query)) throw errors.rows_not_shown({ name });
  const result: ReadAnswer = {};
  const read = (output: Readable): Promise<void> => readAnswer(output, request, result);
  const answer = await askPlugin({ project, ready, redact: ready.redact, flag: "--query", file: query, stop: stop.asked, onEvent, read });
  if (result.wrongLine !== undefined)
    return { failure: asFailure(name, errors.query_unreadable({ name, start: ready.redact(result.wrongLine.slice(0, 80)) })) };
  if ("failure" in answer) return answer;
  return result.end ?? { failure: asFailure(name, errors.query_unreadable({ name, start: "" })) };
}

interface ReadAnswer {
  end?: QueryEnd;
  wrongLine?: string;
}

/** Stops at the first line that is not part of an answer. */
async function readAnswer(output: Readable, { query, onColumns, onRow, onLimit }: QueryRequest, result: ReadAnswer): Promise<void> {
  let hasColumns = false;
  let rows = 0;
  for await (const text of eachLine(output)) {
    const line = readQueryLine(text);
    if (line === undefined || (line.kind === "columns") === hasColumns) {
      result.wrongLine = text;
      return;
    }
    hasColumns = true;
    if (line.kind === "columns") onColumns(line.columns);
    else if (line.kind === "end") result.end = { rows: line.rows, more: line.more };
    else {
      const taken = onRow(line.cells);
      if (taken !== undefined) await taken;
      if (++rows === query.limit) onLimit?.();
    }
  }
}
