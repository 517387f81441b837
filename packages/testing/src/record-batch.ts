/** A batch of records as a target gets it: for tests of what takes cells and rows. */
import { defineTarget, load, type RowBatch, type Sink, type Target, Type } from "@tapline/sdk";

/** @param records JSON of objects with the fields `id` and `v`, whose values may be any */
export async function recordBatch(records: readonly string[]): Promise<RowBatch> {
  const batches: RowBatch[] = [];
  const write = async (batch: RowBatch): Promise<void> => {
    batch.hold?.();
    batches.push(batch);
  };
  const sink = {
    open: async () => ({ write, alter: async () => {} }),
    commit: async () => ({ counts: new Map([["s", { inserted: records.length, updated: 0, superseded: 0 }]]), recorded: false }),
    destination: () => ({ table: "s" }),
    countRows: async () => records.length,
    rollback: async () => {},
    async [Symbol.asyncDispose]() {},
  } as unknown as Sink;
  const target = defineTarget({ name: "t", version: "0", description: "", config: Type.Object({}), open: async () => sink });
  const start = '{"type":"SCHEMA","stream":"s","schema":{"properties":{"id":{},"v":{}}},"key_properties":[]}\n';
  const lines = records.map((record) => `{"type":"RECORD","stream":"s","record":${record}}\n`);
  const settings = { on_error: "fail", hard_delete: false, add_record_metadata: false, validate_records: true } as const;
  const limits = { batch_max_bytes: 1 << 25, commit_after_ms: 60_000, shutdown_timeout_ms: 1000, max_line_bytes: 1 << 25 };
  async function* input() {
    yield Buffer.from(start + lines.join(""));
  }
  for await (const _ of load(target as unknown as Target, { ...settings, ...limits }, input()));
  return batches[0] as RowBatch;
}
