/**
 * The control channel between the runner and a plugin: JSON lines in both directions over one descriptor, which TAPLINE_CONTROL_FD
 * names. Its end without the message `whole` means that the runner is dead (docs/explanation/delivery.md).
 *
 * Plugins that list `control-pipe` and not `control-channel` are older: they read the plain line `whole` and write nothing.
 * Runners that are older write that plain line to every plugin, so the reader takes both spellings.
 */

import { type Static, Type } from "../type.ts";
import { isObject, parseExact } from "../wire/json.ts";
import type { Json, State } from "../wire/message.ts";
import { capabilities, hasCapability } from "./capabilities.ts";

/** In a plugin's environment: the number of the descriptor. */
export const controlVariable = "TAPLINE_CONTROL_FD";

/** The descriptor that the runner opens in a plugin. */
export const controlDescriptor = 3;

/** A longer line is dropped by the reader and refused by the writer. A state is the longest thing a message may carry. */
export const maxControlLineBytes = 16 * 1024 * 1024;

const wholeSchema = Type.Object(
  { type: Type.Literal("whole") },
  {
    description: "A line from the runner: the input is complete, so rows after the last STATE may be committed",
    additionalProperties: true,
  },
);

const durableSchema = Type.Object(
  { type: Type.Literal("durable"), state: Type.Unsafe<Json>({ description: "The value of a STATE that the tap sent" }) },
  {
    description:
      "A line from the runner to a tap with the capability `durable`: the target committed this STATE and it is stored, so a later run begins there or after it. Only the newest of several may come",
    additionalProperties: true,
  },
);

const finishSchema = Type.Object(
  { type: Type.Literal("finish") },
  {
    description:
      "A line from the runner to a tap that follows: send what is whole, the STATE after it, and end with 0. In the middle of a transaction, end after it",
    additionalProperties: true,
  },
);

const secretAnswerSchema = Type.Object(
  {
    type: Type.Literal("secret"),
    id: Type.Integer({ description: "Of the request" }),
    value: Type.Optional(Type.String({ description: "To `secret_get`: what is kept; left out where nothing is" })),
    swapped: Type.Optional(Type.Boolean({ description: "To `secret_swap`: whether the new value is kept" })),
    error: Type.Optional(Type.String({ description: "Why the request could not be answered" })),
  },
  { description: "A line from the runner: the answer to a request about a secret", additionalProperties: true },
);

export const controlMessageSchema = Type.Union([wholeSchema, durableSchema, finishSchema, secretAnswerSchema], {
  description: "A line of the control channel from the runner to a plugin",
});

/** A message that this version understands. */
export type ControlMessage = Static<typeof controlMessageSchema>;

const secretGetSchema = Type.Object(
  { type: Type.Literal("secret_get"), id: Type.Integer(), name: Type.String() },
  { description: "A line from a tap: which secret of this name is kept for it", additionalProperties: true },
);

const secretSwapSchema = Type.Object(
  {
    type: Type.Literal("secret_swap"),
    id: Type.Integer(),
    name: Type.String(),
    before: Type.Optional(Type.String({ description: "What the tap takes to be kept; left out: nothing" })),
    next: Type.String(),
  },
  { description: "A line from a tap: keep this secret, if `before` is what is kept", additionalProperties: true },
);

/** About secrets that a source changes, such as a refresh token. They are in no state, history, log or page. */
export const secretRequestSchema = Type.Union([secretGetSchema, secretSwapSchema]);

export type SecretRequest = Static<typeof secretRequestSchema>;

export type SecretAnswer = Static<typeof secretAnswerSchema>;

/** undefined: it is another message, or not in this form. */
export function readSecretRequest({ type, id, name, before, next }: ReceivedControlMessage): SecretRequest | undefined {
  if (!Number.isSafeInteger(id) || typeof name !== "string") return undefined;
  if (type === "secret_get") return { type, id: id as number, name };
  if (type !== "secret_swap" || typeof next !== "string") return undefined;
  return { type, id: id as number, name, next, ...(typeof before === "string" && { before }) };
}

/** undefined: it is another message, or not in this form. */
export function readSecretAnswer({ type, id, value, swapped, error }: ReceivedControlMessage): SecretAnswer | undefined {
  if (type !== "secret" || !Number.isSafeInteger(id)) return undefined;
  return {
    type,
    id: id as number,
    ...(typeof value === "string" && { value }),
    ...(typeof swapped === "boolean" && { swapped }),
    ...(typeof error === "string" && { error }),
  };
}

export const committedSchema = Type.Object(
  {
    type: Type.Literal("committed"),
    streams: Type.Record(Type.String(), Type.Integer({ minimum: 0 }), {
      description: "Rows that this commit loaded, by stream; a commit that only changed tables or deleted rows lists none",
    }),
  },
  {
    description:
      "A line from a target with the capability `continues`: a commit is durable and its ledger names this run. It is sent before the STATE of that commit",
    additionalProperties: true,
  },
);

export type CommittedMessage = Static<typeof committedSchema>;

/** The line `durable` for a state as JSON text, which keeps all digits. undefined: it is too long for the channel. */
export function durableLine(state: string): string | undefined {
  const line = `{"type":"durable","state":${state}}\n`;
  return Buffer.byteLength(line) > maxControlLineBytes ? undefined : line;
}

/** The state of a message `durable`; undefined: it is another message, or not in this form. */
export function readDurable({ type, state }: ReceivedControlMessage): State | undefined {
  const isState = type === "durable" && isObject(state) && (state.bookmarks === undefined || isObject(state.bookmarks));
  return isState ? (state as State) : undefined;
}

/** undefined: it is another message, or not in this form. */
export function readCommitted({ type, streams }: ReceivedControlMessage): CommittedMessage | undefined {
  if (type !== "committed" || !isObject(streams)) return undefined;
  const counts = Object.entries(streams).filter((entry): entry is [string, number] => Number.isSafeInteger(entry[1]));
  return { type, streams: Object.fromEntries(counts) };
}

/** A message as it arrives. The other side may be newer, so the receiver ignores types it does not know. */
export interface ReceivedControlMessage {
  type: string;
  [field: string]: unknown;
}

/** How a plugin takes messages: as JSON lines, or, if it is older, as the plain line `whole`. */
export type ControlForm = "channel" | "plain";

/** null: the plugin has no control channel. */
export function controlFormOf(about: { capabilities?: readonly string[] } | null | undefined): ControlForm | null {
  if (hasCapability(about, capabilities.controlChannel)) return "channel";
  return hasCapability(about, capabilities.controlPipe) ? "plain" : null;
}

/** What an older plugin reads instead: its one line. */
export const plainWholeLine = "whole\n";

/** A message as one line with its "\n". @throws RangeError when the line is too long */
export function controlLine(message: ReceivedControlMessage): string {
  const line = `${JSON.stringify(message)}\n`;
  if (Buffer.byteLength(line) > maxControlLineBytes) throw new RangeError(`a control message is longer than ${maxControlLineBytes} bytes`);
  return line;
}

/** Makes a function that takes bytes in any chunking and returns the messages they complete. Lines that are no message are skipped. */
export function controlReader(maxLineBytes = maxControlLineBytes): (chunk: Uint8Array) => ReceivedControlMessage[] {
  let held: Buffer[] = [];
  let heldBytes = 0;
  let isTooLong = false;
  const hold = (piece: Buffer): void => {
    heldBytes += piece.length;
    if (heldBytes > maxLineBytes) isTooLong = true;
    if (isTooLong) held = [];
    else if (piece.length > 0) held.push(Buffer.from(piece));
  };
  return (chunk) => {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const messages: ReceivedControlMessage[] = [];
    let from = 0;
    for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, from)) {
      hold(bytes.subarray(from, end));
      const message = isTooLong ? undefined : readControlLine(Buffer.concat(held).toString("utf8"));
      if (message !== undefined) messages.push(message);
      held = [];
      heldBytes = 0;
      isTooLong = false;
      from = end + 1;
    }
    hold(bytes.subarray(from));
    return messages;
  };
}

function readControlLine(line: string): ReceivedControlMessage | undefined {
  if (line === "whole") return { type: "whole" };
  try {
    const message: unknown = parseExact(line);
    return isObject(message) && typeof message.type === "string" ? { ...message, type: message.type } : undefined;
  } catch {
    return undefined;
  }
}
