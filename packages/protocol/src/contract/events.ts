/**
 * The lines that our plugins write to a stderr that is no terminal: the schemas, the types, and the writer.
 * `read-event.ts` reads them, and what foreign plugins write.
 */
import { errorClasses, recoveries } from "../errors.ts";
import { positionSchema } from "../position.ts";
import { type Static, Type } from "../type.ts";
import { checkEventSchema } from "./checks.ts";
import { costPartSchema } from "./cost.ts";
import { mapCountSchema } from "./map-counts.ts";
import { nodeFields } from "./node-result.ts";
import { type Redact, redactEvent } from "./redaction.ts";
import { tableChangeSchema } from "./table-change.ts";
import { toleratedSchema } from "./tolerated.ts";

const stream = Type.String({ description: "Name of the stream" });
const count = Type.Integer({ minimum: 0 });

const logEvent = Type.Object({
  type: Type.Literal("log"),
  level: Type.Enum(["debug", "info", "warning", "error"]),
  time: Type.String({ description: "RFC 3339" }),
  message: Type.String(),
});

const counterEvent = Type.Object(
  {
    type: Type.Literal("counter"),
    metric: Type.Enum(["record_count", "byte_count"]),
    value: count,
    tags: Type.Object({ stream }),
  },
  { description: "Rows and bytes since the last such line; Singer's metric point" },
);

const progressEvent = Type.Object(
  {
    type: Type.Literal("progress"),
    done: count,
    total: Type.Integer({ minimum: 1 }),
    unit: Type.String({ description: "What is counted, such as bytes" }),
  },
  { description: "How much of all that a tap will read in this run it has read so far, a few times a second at most. Optional" },
);

const lagEvent = Type.Object(
  {
    type: Type.Literal("lag"),
    seconds: Type.Number({ minimum: 0, description: "Age of the oldest change that was not read yet; 0: all was read" }),
    bytes: Type.Optional(Type.Integer({ minimum: 0, description: "Of the source's log that was not read yet" })),
  },
  { description: "How far a tap that follows its source is behind it, about once a second" },
);

const tapSummary = {
  stream,
  sent: count,
  rejected: Type.Optional(Type.Integer({ minimum: 0, description: "Rows the tap did not send, by a policy the user chose" })),
  rejects: Type.Optional(Type.String({ description: "Where the tap keeps those rows; left out when it only counts them" })),
  first_rejected: Type.Optional(
    Type.Object(
      { ...positionSchema.properties, reason: Type.Optional(Type.String()) },
      { description: "The first of those rows: its place in the source, and the reason" },
    ),
  ),
  skipped: Type.Optional(Type.Integer({ minimum: 0, description: "Rows of the source that are not data, such as a repeated header" })),
  in_files: Type.Optional(Type.Integer({ minimum: 1, description: "Of the sent rows, those that went in files of BATCH messages" })),
  bytes: count,
  seconds: Type.Number(),
  warnings: Type.Optional(
    Type.Array(Type.String(), { description: "The first 20 warnings about the stream; left out when there are none" }),
  ),
};

const targetSummary = {
  stream,
  received: count,
  loaded: count,
  inserted: count,
  updated: count,
  superseded: count,
  deleted: Type.Integer({
    minimum: 0,
    description:
      "By ACTIVATE_VERSION: marked, removed, or given a tombstone. By REPLACE_SOURCE: removed. By records with _sdc_deleted_at: marked or removed",
  }),
  delete_records: Type.Optional(
    Type.Integer({
      minimum: 1,
      description:
        "Records with _sdc_deleted_at that took effect: they were the last of their key, though there may have been no row to delete; left out when there are none",
    }),
  ),
  rejected: count,
  not_committed: Type.Optional(
    Type.Integer({
      minimum: 0,
      description: "Rows received that no commit covers: the load ended early. Left out where the input ended whole",
    }),
  ),
  table: Type.String({ description: "The table or file, as a person would name it" }),
  database: Type.Optional(Type.String({ description: "The database of the table, as a person would name it, without secrets" })),
  rejects: Type.Optional(Type.String({ description: "Where rejected rows are, when there are some" })),
  rejected_files: Type.Optional(
    Type.Record(Type.String(), Type.Integer({ minimum: 1 }), {
      description: "Of the rejected rows, how many are of which file, as the rows or a BATCH name it; left out where none names one",
    }),
  ),
  in_table: Type.Optional(Type.Integer({ minimum: 0, description: "Rows of the table; left out where the load ended early" })),
  seconds: Type.Number(),
  changes: Type.Optional(
    Type.Array(tableChangeSchema, { description: "What was done to the table or to names so that the stream fits; left out when empty" }),
  ),
  tolerated: Type.Optional(
    Type.Array(toleratedSchema, { description: "What could not be stored as it was sent, counted; left out when empty" }),
  ),
};

const tapSummaryEvent = Type.Object({ type: Type.Literal("summary"), ...tapSummary }, { description: "A tap's last line about a stream" });

const targetSummaryEvent = Type.Object(
  { type: Type.Literal("summary"), ...targetSummary },
  {
    description:
      "A target's last line about a stream: received = loaded + superseded + delete_records + rejected + not_committed, loaded = inserted + updated",
  },
);

const deliveryEvent = Type.Object(
  {
    type: Type.Literal("delivery"),
    exactly_once: Type.Boolean(),
    reason: Type.Optional(Type.String({ description: "Why it is at least once" })),
  },
  { description: "What a target that was given a state_id promises for appends, before its first row" },
);

const costEvent = Type.Object(
  { type: Type.Literal("cost"), parts: Type.Array(costPartSchema, { minItems: 1 }) },
  { description: "What the load cost, once and at every end, from a target whose database is paid by use" },
);

const mappedEvent = Type.Object(
  { type: Type.Literal("mapped"), ...mapCountSchema.properties },
  { description: "What stream maps did with the records of a stream, once and at every end: received = passed + filtered" },
);

const nodeEvent = Type.Object(
  { type: Type.Literal("node"), ...nodeFields },
  { description: "A part of a utility's work ended, such as a model of dbt" },
);

const resultEvent = Type.Object(
  { type: Type.Literal("result"), ...nodeFields },
  { description: "The final line about that part, with what was not known when it ended" },
);

const errorEvent = Type.Object(
  {
    type: Type.Literal("error"),
    code: Type.String(),
    message: Type.String(),
    hint: Type.String(),
    class: Type.Enum(errorClasses),
    recovery: Type.Enum(recoveries),
    position: positionSchema,
    stack: Type.Optional(Type.String({ description: "Of a fault of the plugin itself" })),
  },
  { description: "The last line of a plugin that fails" },
);

export const pluginEventSchema = Type.Union(
  [
    logEvent,
    counterEvent,
    progressEvent,
    lagEvent,
    tapSummaryEvent,
    targetSummaryEvent,
    deliveryEvent,
    costEvent,
    mappedEvent,
    checkEventSchema,
    nodeEvent,
    resultEvent,
    errorEvent,
  ],
  { description: "One line of a tapline plugin's stderr" },
);

/** One line that our plugins write. */
export type EventLine = Static<typeof pluginEventSchema>;

const tapSummarySchema = Type.Object(tapSummary);
const targetSummarySchema = Type.Object(targetSummary);

export type TapSummary = Static<typeof tapSummarySchema>;

/** What is durable of a stream. received = loaded + superseded + delete_records + rejected + not_committed, and loaded = inserted + updated. */
export type StreamSummary = Static<typeof targetSummarySchema>;

/** The line, without its "\n". Secrets are replaced in each text, never in numbers or in words of the contract such as `type`, so it stays JSON of this form. */
export function writeEvent(event: EventLine, redact: Redact): string {
  return JSON.stringify(redactEvent(event, redact));
}
