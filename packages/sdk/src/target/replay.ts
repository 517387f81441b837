/**
 * Loads rejected rows again: the exact text of each goes through `load` like a tap's, in one transaction that also takes it out of the kept
 * ones. A row that is refused again is put back under its id, with its new reason.
 */
import { encodeRecord, parseExact, type ReplayedRejects, type Row, type StreamSummary } from "@tapline/protocol";
import { flatteningOptions } from "../flatten/settings.ts";
import type { Reject, Sink, Target, Writer } from "./define.ts";
import type { KeptRejects, RejectSelection, StoredRow } from "./kept-rejects.ts";
import { load } from "./load.ts";
import type { LoadOptions } from "./load-options.ts";
import { replayClock } from "./metadata.ts";
import type { TargetSettings } from "./settings.ts";

/** Rows that are taken from the database at once. */
const rowsAtOnce = 1000;

/** How many refused rows of a stream are reported with their reasons. */
const manyReasons = 3;

type Config = TargetSettings & Record<string, unknown>;

/**
 * The target's `open` must take the purpose `rejects`. @throws TaplineError, Stopped: then nothing has changed
 * @example const [{ inserted, refused }] = await replayRejects(target, config, { streams: ["orders"] });
 */
export async function replayRejects(
  target: Target,
  config: Config,
  selection: RejectSelection,
  { signal, warn }: Pick<LoadOptions, "signal" | "warn"> = {},
): Promise<ReplayedRejects[]> {
  const settings = replaySettings(config);
  // Throws before anything is opened.
  flatteningOptions(settings);
  const sink = await target.open(settings, "rejects");
  let replay: Replay | undefined;
  let summaries: StreamSummary[] = [];
  const options = {
    clock: replayClock(),
    onSummary: (all: StreamSummary[]) => {
      summaries = all;
    },
    ...(signal && { signal }),
    ...(warn && { warn }),
  };
  let withoutSchema = new Map<string, number>();
  try {
    const rejects = sink.rejects as KeptRejects;
    const found = await rejects.replayable(selection);
    withoutSchema = found.withoutSchema;
    replay = startReplay(sink, rejects, found.rows);
  } catch (error) {
    await sink[Symbol.asyncDispose]();
    throw error;
  }
  const { sink: replaying, input } = replay;
  for await (const _ of load({ ...target, open: async () => replaying }, settings, input, options));
  const done = new Map(summaries.map((summary) => [summary.stream, summary]));
  return [...new Set([...done.keys(), ...withoutSchema.keys()])].map((stream) => {
    const { inserted = 0, updated = 0, superseded = 0, delete_records: deletes, rejected = 0 } = done.get(stream) ?? {};
    const first = replay.refused(stream).slice(0, manyReasons);
    const refused = { refused: rejected, ...(first.length > 0 && { first_refused: first }) };
    const kept = { ...refused, without_schema: withoutSchema.get(stream) ?? 0 };
    return { stream, inserted, updated, ...(deletes !== undefined && { deletes }), newer: superseded, ...kept };
  });
}

/** Rows are added to what the table holds, whatever the load method, and the ledger of runs is not touched. */
function replaySettings({ load_method: method, replace_streams: _, max_rejects: __, ...config }: Config): Config {
  // The rows were mapped when they arrived.
  const { state_id: ___, continues: ____, exactly_once: _____, stream_maps: ______, ...others } = config;
  return { ...others, on_error: "reject", ...(method !== undefined && method !== "overwrite" && { load_method: method }) } as Config;
}

interface Replay {
  sink: Sink;
  input: AsyncIterable<Uint8Array>;
  /** The stream's rows that were refused again. */
  refused(stream: string): { id: string; reason: string }[];
}

function startReplay(sink: Sink, rejects: KeptRejects, rows: readonly StoredRow[]): Replay {
  /** The rows that were taken, by stream and by the text of their records. */
  const taken = new Map<string, Reject[]>();
  /** Put back at the end: the rows that are taken later must be deleted before any row is added to their table. */
  const refused: { writer: Writer; rejects: readonly Reject[] }[] = [];

  const restore = (reject: Reject): Reject => {
    const same = taken.get(keyOf(reject)) ?? taken.get(metadataKeyOf(reject)) ?? [];
    const at = same.findIndex((each) => columnsIn(each) === columnsIn(reject));
    const [original] = same.splice(Math.max(at, 0), 1);
    return original === undefined ? reject : { ...original, code: reject.code, reason: reject.reason };
  };

  /** A stop must not roll back while rows are being taken: they would be deleted in a transaction that nobody ends. */
  let taking: Promise<unknown> = Promise.resolve();
  const take = (at: number): Promise<Reject[]> => {
    const next = rejects.take(rows.slice(at, at + rowsAtOnce));
    taking = next.catch(() => {});
    return next;
  };

  async function* input(): AsyncGenerator<Uint8Array> {
    const sent = new Map<string, { definition: string; deselected: readonly string[] }>();
    for (let at = 0; at < rows.length; at += rowsAtOnce) {
      const lines: string[] = [];
      for (const reject of await take(at)) {
        remember(taken, keyOf(reject), reject);
        if (columnsIn(reject) !== null) remember(taken, metadataKeyOf(reject), reject);
        const { stream, definition } = reject;
        let last = sent.get(stream);
        if (last === undefined || last.definition !== definition) {
          last = { definition: definition as string, deselected: deselectedIn(definition as string) };
          sent.set(stream, last);
          lines.push(schemaLine(reject));
        }
        lines.push(recordLine(reject, last.deselected));
      }
      yield Buffer.from(lines.join(""));
    }
  }

  return {
    input: input(),
    refused(stream) {
      const rows = refused.flatMap(({ rejects }) => rejects).filter((reject) => reject.stream === stream);
      return rows.map(({ id, reason }) => ({ id, reason }));
    },
    sink: {
      ...sink,
      async open(stream) {
        const writer = await sink.open(stream);
        return { ...writer, keepRejects: async (all) => void refused.push({ writer, rejects: all.map(restore) }) };
      },
      async commit(state) {
        for (const each of refused) await each.writer.keepRejects?.(each.rejects);
        return sink.commit(state);
      },
      async rollback() {
        await taking;
        await sink.rollback();
      },
      async [Symbol.asyncDispose]() {
        await taking;
        await sink[Symbol.asyncDispose]();
      },
    },
  };
}

function remember(taken: Map<string, Reject[]>, key: string, reject: Reject): void {
  const same = taken.get(key);
  if (same === undefined) taken.set(key, [reject]);
  else same.push(reject);
}

const keyOf = ({ stream, record }: Reject): string => `${stream}\0${record}`;
/** A database that refuses a row may return it under other names or with other spaces. */
const metadataKeyOf = (reject: Reject): string => `${reject.stream}\0\0${columnsIn(reject)}`;

/** The metadata without `unchanged`: a row that a database refuses has values there. */
function columnsIn({ metadata }: Pick<Reject, "metadata">): string | null {
  const { unchanged, ...columns } = metadataOf(metadata);
  return unchanged === undefined ? metadata : Object.keys(columns).length === 0 ? null : encodeRecord(columns);
}

function metadataOf(metadata: string | null): Row {
  return metadata === null ? {} : (parseExact(metadata) as Row);
}

/** The record without what the catalog deselected when the row was rejected: that is never stored. */
function withoutDeselected(record: string, deselected: readonly string[]): string {
  if (deselected.length === 0) return record;
  const fields = Object.entries(parseExact(record) as Row).filter(([name]) => !deselected.includes(name));
  return encodeRecord(Object.fromEntries(fields));
}

const deselectedIn = (definition: string): readonly string[] => (JSON.parse(definition) as { deselected?: string[] }).deselected ?? [];

function schemaLine({ stream, definition }: Reject): string {
  return `{"type":"SCHEMA","stream":${JSON.stringify(stream)},${(definition as string).slice(1)}\n`;
}

/** Line breaks in JSON text are between its parts, never in a string. */
function recordLine({ stream, record, metadata }: Reject, deselected: readonly string[]): string {
  const text = withoutDeselected(record, deselected).replaceAll(/[\r\n]/g, " ");
  const { unchanged } = metadataOf(metadata);
  const names = unchanged === undefined ? "" : `,"unchanged":${JSON.stringify(unchanged)}`;
  const more = metadata === null ? "" : `${names},"metadata":${metadata}`;
  return `{"type":"RECORD","stream":${JSON.stringify(stream)},"record":${text}${more}}\n`;
}
