/** A target's view of what a tap sent: the rows of each stream by key. */
import type { Json, Row } from "@tapline/sdk";
import type { Message } from "./message.ts";

/** What a target has that upserts and removes: the rows of each stream, in the order of their keys. */
export class Loaded {
  readonly #streams = new Map<string, Map<string, { row: Row; version: number | undefined }>>();
  #keys = new Map<string, string[]>();

  /** Takes what a run sent. Rows after the last STATE count as those of a run that ended. */
  take(messages: readonly Message[]): this {
    for (const message of messages) {
      const { type, stream, version } = message;
      if (type === "SCHEMA") this.#keys.set(stream, (message as unknown as { key_properties: string[] }).key_properties);
      const rows = this.#streams.get(stream) ?? new Map<string, { row: Row; version: number | undefined }>();
      if (stream !== undefined) this.#streams.set(stream, rows);
      if (type === "ACTIVATE_VERSION") {
        for (const [key, { version: its }] of rows) if (its !== undefined && its < (version as number)) rows.delete(key);
      }
      if (type !== "RECORD") continue;
      const key = JSON.stringify((this.#keys.get(stream) as string[]).map((name) => message.record[name]));
      const { unchanged = [] } = message as { unchanged?: string[] };
      if (message.record._sdc_deleted_at !== undefined) {
        rows.delete(key);
        continue;
      }
      const kept = Object.fromEntries(unchanged.map((name) => [name, rows.get(key)?.row[name] ?? "no value to keep"]));
      rows.set(key, { row: { ...message.record, ...kept } as Row, version });
    }
    return this;
  }

  rows(stream: string): Json[] {
    const rows = [...(this.#streams.get(stream) ?? new Map<string, { row: Row }>()).entries()];
    return rows.sort(([a], [b]) => a.localeCompare(b, "en", { numeric: true })).map(([, { row }]) => row as Json);
  }
}

/** The code of what failed first. */
export function codeOf(thrown: unknown): string | undefined {
  const error = thrown as { code?: string; cause?: { code?: string } } | undefined;
  return error?.code === "streams_failed" ? error.cause?.code : error?.code;
}

/** Each message as a word and its row. */
export const brief = (messages: readonly Message[]): string[] =>
  messages.map(({ type, stream, record }) =>
    type === "RECORD" ? `${stream} ${JSON.stringify(record)}` : `${type}${stream === undefined ? "" : ` ${stream}`}`,
  );
