/** What is made from one SCHEMA of a stream: the reader of its rows, and how rows are rejected after they were read. */
import { capabilities, encodeRecord, type JsonSchema, parseExact, type Row, type SchemaMessage, withPosition } from "@tapline/protocol";
import type { Flattening } from "../flatten/plan.ts";
import { type RowReader, rowReader } from "./batch.ts";
import type { Sink, Target, TargetStream } from "./define.ts";
import { type MetadataClock, metadataText } from "./metadata.ts";
import { type Tally, tallyReject } from "./open-stream.ts";
import { sentFields } from "./reject-origin.ts";
import { type Rejects, sourceOf } from "./rejects.ts";
import type { TargetSettings } from "./settings.ts";

export interface StreamDefinition {
  message: SchemaMessage;
  /** The usable form of the message's schema. */
  schema: JsonSchema;
  /** Undefined where records stay as they are. */
  flattening: Flattening | undefined;
  /** What its rejected rows are kept with; null where no row may be rejected. */
  replayed: string | null;
  sinceCommit: Tally;
}

/** What the streams of a load share. */
export interface ReaderContext {
  target: Target;
  sink: Sink;
  config: TargetSettings;
  clock: MetadataClock | undefined;
  rejects: Rejects;
}

/** The schema that a stream's records are checked against. */
export function wireSchemaOf(
  { sink }: Pick<ReaderContext, "sink">,
  stream: TargetStream,
  { schema, flattening }: Pick<StreamDefinition, "schema" | "flattening">,
): JsonSchema {
  const checked = (columns: JsonSchema): JsonSchema => sink.checkedSchema?.(columns, stream) ?? columns;
  return flattening?.changeColumns(checked) ?? checked(schema);
}

export function definedReader(context: ReaderContext, stream: TargetStream, start: StreamDefinition): RowReader {
  const { target, config, clock, rejects } = context;
  const { flattening, replayed: definition, sinceCommit } = start;
  const onReject = (file: string | undefined): void => tallyReject(sinceCommit, file);
  const takesPartialRecords = target.capabilities?.includes(capabilities.partialRecords) === true;
  const options = { validate: config.validate_records, flattening, takesPartialRecords, clock, rejects, definition, onReject };
  return rowReader(stream, wireSchemaOf(context, stream, start), options);
}

/** For rows that the database refuses when they were read already: it has their values only. */
export function lateReject(
  { clock, rejects }: Pick<ReaderContext, "clock" | "rejects">,
  { message, flattening, replayed: definition, sinceCommit }: StreamDefinition,
): NonNullable<TargetStream["reject"]> {
  return (error, record) => {
    const parsed = parseExact(record) as Row;
    const row = flattening?.nest(parsed) ?? parsed;
    const metadata = clock === undefined ? null : metadataText(row);
    const { stream, schema } = message;
    const position = { ...error.position, ...sourceOf(row), stream };
    rejects.add(withPosition(error, position), position, () => encodeRecord(sentFields(row, schema)), { definition, metadata });
    tallyReject(sinceCommit, position.file);
  };
}
