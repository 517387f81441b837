/** The lines a plugin writes to a stderr that is no terminal, as JSON Schemas; `schemas/plugin-events.schema.json` is written from these. */
import { Type } from "@tapline/protocol";

const stream = Type.String({ description: "Name of the stream" });
const node = {
  id: Type.String({ description: "The same in every line about it" }),
  kind: Type.String({ description: "model, test, …" }),
  name: Type.String(),
  status: Type.Union([Type.Literal("ok"), Type.Literal("warn"), Type.Literal("fail"), Type.Literal("error"), Type.Literal("skipped")]),
  seconds: Type.Union([Type.Number(), Type.Null()]),
  rows: Type.Union([Type.Integer(), Type.Null()], { description: "Rows written, or rows that failed a test; null: not told" }),
  message: Type.Union([Type.String(), Type.Null()]),
};
const count = Type.Integer({ minimum: 0 });

export const pluginEvents = Type.Union(
  [
    Type.Object({
      type: Type.Literal("log"),
      level: Type.Union([Type.Literal("info"), Type.Literal("warning"), Type.Literal("error")]),
      time: Type.String(),
      message: Type.String(),
    }),
    Type.Object(
      {
        type: Type.Literal("counter"),
        metric: Type.Union([Type.Literal("record_count"), Type.Literal("byte_count")]),
        value: count,
        tags: Type.Object({ stream }),
      },
      { description: "Rows and bytes since the last such line; Singer's metric point" },
    ),
    Type.Object(
      { type: Type.Literal("summary"), stream, sent: count, rejected: Type.Optional(count), bytes: count, seconds: Type.Number() },
      { description: "A tap's last word on a stream; rejected: rows it did not send, by a policy the user chose" },
    ),
    Type.Object(
      {
        type: Type.Literal("summary"),
        stream,
        received: count,
        loaded: count,
        inserted: count,
        updated: count,
        superseded: count,
        deleted: count,
        rejected: count,
        table: Type.String({ description: "The table or file, as a person would name it" }),
        rejects: Type.Optional(Type.String({ description: "Where rejected rows are, when there are some" })),
        in_table: count,
        seconds: Type.Number(),
      },
      { description: "A target's last word on a stream: received = loaded + superseded + rejected, loaded = inserted + updated" },
    ),
    Type.Object(
      {
        type: Type.Literal("delivery"),
        exactly_once: Type.Boolean(),
        reason: Type.Optional(Type.String({ description: "Why it is at least once" })),
      },
      { description: "What a target that was given a state_id promises for appends, before its first row" },
    ),
    Type.Object({ type: Type.Literal("node"), ...node }, { description: "A part of a utility's work ended" }),
    Type.Object({ type: Type.Literal("result"), ...node }, { description: "The last word on it, with what was not known when it ended" }),
    Type.Object(
      {
        type: Type.Literal("error"),
        code: Type.String(),
        message: Type.String(),
        hint: Type.String(),
        class: Type.Union(["config", "data", "connection", "protocol", "bug"].map((name) => Type.Literal(name))),
        recovery: Type.Union(["fatal", "retry", "skip"].map((name) => Type.Literal(name))),
        position: Type.Object({
          stream: Type.Optional(stream),
          file: Type.Optional(Type.String()),
          line: Type.Optional(Type.Integer()),
          offset: Type.Optional(Type.Integer()),
          column: Type.Optional(Type.String()),
        }),
      },
      { description: "The last line of a plugin that fails" },
    ),
  ],
  { description: "One line of a tapline plugin's stderr" },
);
