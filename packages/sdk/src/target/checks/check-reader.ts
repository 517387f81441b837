/** Reads the rows of a run for checks: as they will be written, so flattened where they are, and without those that will be rejected. */
import { capabilities } from "@tapline/protocol";
import { readRows } from "../batch.ts";
import { readChunks } from "../cells/read-chunks.ts";
import { streamCells } from "../cells/stream-cells.ts";
import type { RowDecoding } from "../decode-rows.ts";
import type { TargetStream } from "../define.ts";
import { type TolerantValidator, toleratingJson } from "../json-habits.ts";
import { unchangedReader } from "../partial-records.ts";
import { type ReaderContext, type StreamDefinition, wireSchemaOf } from "../stream-definition.ts";
import { recordValidator } from "../validate.ts";
import type { ChunkReader } from "./load-checks.ts";

export function checkReader(context: ReaderContext, stream: TargetStream, { schema, flattening }: StreamDefinition): ChunkReader {
  const { target, config } = context;
  const wireSchema = wireSchemaOf(context, stream, { schema, flattening });
  const problemOf: TolerantValidator = config.validate_records ? toleratingJson(wireSchema, recordValidator(wireSchema)) : () => undefined;
  const isSupported = target.capabilities?.includes(capabilities.partialRecords) === true;
  const decoding: RowDecoding = {
    ...{ stream: stream.name, problemOf, flattening },
    unchangedIn: unchangedReader(stream, wireSchema, { isSupported, flattening }),
    sentUnchanged: new WeakMap(),
    // The rows are read again to be written: then habits are counted, metadata given and rows rejected.
    ...{ clock: undefined, onHabit() {}, reject() {} },
  };
  const cells = flattening === undefined ? streamCells(wireSchema, config.validate_records) : undefined;
  return (run) => (cells === undefined ? readRows([run], decoding) : readChunks([run], cells, decoding));
}
