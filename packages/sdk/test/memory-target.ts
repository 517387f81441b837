/** For tests of the load: a small complete target in memory, and Singer lines for it. */
import { encodeMessage, type Json, numberText, TaplineError, Type } from "@tapline/protocol";
import { checkConfig } from "../src/config/check.ts";
import { defineTarget, type Reject, type Sink, type StreamCounts, type Target } from "../src/target/define.ts";
import { load } from "../src/target/load.ts";
import { type TargetSettings, withTargetSettings } from "../src/target/settings.ts";

/** A small complete target: rows in memory, durable at commit. `faults` make it break a promise, which the SDK must notice. */
export function memoryTarget(
  faults: {
    loseRow?: boolean;
    failWrite?: (row: Record<string, unknown>) => boolean;
    rejectWrite?: (row: Record<string, unknown>) => boolean;
    loseConnection?: boolean;
    noSources?: boolean;
  } = {},
) {
  const durable: string[] = [];
  const log: string[] = [];
  const kept: Reject[] = [];
  const target = defineTarget({
    name: "target-memory",
    version: "0",
    description: "",
    config: Type.Object({}),
    loadMethods: ["upsert", "append-only", "overwrite"],
    async open(): Promise<Sink> {
      let pending: [string, string][] = [];
      let pendingRejects: Reject[] = [];
      return {
        async open(stream) {
          log.push(`open ${stream.name} ${stream.loadMethod}`);
          return {
            async write(batch) {
              for (const { rows, lines } of batch.rows()) {
                for (const row of rows) {
                  if (faults.failWrite?.(row)) throw new Error("refused");
                  if (faults.rejectWrite?.(row)) {
                    batch.reject(row, new TaplineError({ ...refusal, position: { line: lines[rows.indexOf(row)] as number } }));
                    continue;
                  }
                  pending.push([stream.name, `${stream.name}${numberText(row.id) ?? row.id}`]);
                }
              }
              log.push(`write ${stream.name} ${batch.count}`);
            },
            async alter(next) {
              log.push(`alter ${next.name} ${Object.keys(next.schema.properties ?? {})}`);
            },
            async keepRejects(rejects) {
              pendingRejects.push(...rejects);
            },
            ...(!faults.noSources && {
              async replaceSource(column: string, value: string) {
                log.push(`replace ${stream.name} ${column} ${value}`);
              },
            }),
            async activate({ version }) {
              log.push(`activate ${stream.name} ${version}`);
            },
          };
        },
        async commit() {
          const counts = new Map<string, StreamCounts>();
          for (const [stream, row] of faults.loseRow ? pending.slice(1) : pending) {
            durable.push(row);
            const count = counts.get(stream) ?? { inserted: 0, updated: 0, superseded: 0 };
            counts.set(stream, { ...count, inserted: count.inserted + 1 });
          }
          if (pending.length > 0) log.push(`commit ${durable.length}`);
          pending = [];
          kept.push(...pendingRejects);
          pendingRejects = [];
          return { counts, recorded: false };
        },
        async rollback() {
          log.push("rollback");
          pending = [];
          pendingRejects = [];
        },
        destination: (stream) => ({ table: stream }),
        async countRows(stream) {
          if (faults.loseConnection) throw new TaplineError({ ...refusal, class: "connection" });
          return durable.filter((row) => row.startsWith(stream)).length;
        },
        async [Symbol.asyncDispose]() {
          log.push("closed");
        },
      };
    },
  });
  return { target, durable, log, kept };
}

const refusal = { code: "refused", message: "no", hint: "correct it", class: "data", recovery: "skip" } as const;

export function settings(given: Partial<TargetSettings> = {}): TargetSettings {
  return checkConfig<TargetSettings>("target-memory", withTargetSettings(Type.Object({}), ["overwrite"]), {
    add_record_metadata: false,
    ...given,
  }).config;
}

export const schema = (stream: string, keys: string[] = [], more = {}) =>
  encodeMessage({ type: "SCHEMA", stream, schema: { properties: { id: { type: "integer" }, ...more } }, key_properties: keys });
export const row = (stream: string, id: number | string) => `{"type":"RECORD","stream":"${stream}","record":{"id":${id}}}\n`;
export const state = (value: Json) => encodeMessage({ type: "STATE", value });

export async function* pieces(text: string, size = 64): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

export async function run(target: Target, config: TargetSettings, input: AsyncIterable<Uint8Array>, options = {}) {
  const states: Json[] = [];
  let failure: unknown;
  try {
    for await (const value of load(target, config, input, options)) states.push(value);
  } catch (error) {
    failure = error;
  }
  return { states, failure };
}
