/** The runner's end of a plugin's control channel. It stays open while the runner lives; its end without `whole` means to the plugin that the runner is dead. */
import type { Duplex } from "node:stream";
import {
  type ControlForm,
  type ControlMessage,
  controlLine,
  controlReader,
  durableLine,
  plainWholeLine,
  type ReceivedControlMessage,
  type SecretAnswer,
} from "@tapline/protocol";

export interface ControlChannel {
  /** The input is complete: the plugin may commit its last rows too. Settles when the line is written, or nobody reads it any more. */
  sendWhole(): Promise<void>;
  /** To a tap with the capability `durable`: this state, as JSON text, is stored. One that is too long for the channel is not sent. */
  sendDurable(state: string): void;
  /** To a tap that follows: end at the next place where its input is whole. */
  sendFinish(): void;
  /** To a tap that asked for a secret. */
  sendSecret(answer: SecretAnswer): void;
  /** Settles when the plugin will send no more messages and all were received. */
  readonly read: Promise<void>;
  /** Only after the plugin has ended: to a living one it means that the runner is dead. */
  close(): void;
}

/** `receive` gets each message of the plugin; it must ignore types it does not know, since the plugin may be newer. */
export function openControlChannel(
  socket: Duplex,
  form: ControlForm,
  receive: (message: ReceivedControlMessage) => void = () => {},
): ControlChannel {
  const read = controlReader();
  // A plugin that closes its writing side still waits for `whole`.
  socket.allowHalfOpen = true;
  // A plugin that has ended makes this a broken pipe; its exit code shows how it ended.
  socket.on("error", () => {});
  // Read in any case: a plugin must never wait for a full pipe.
  socket.on("data", (chunk: Buffer) => {
    for (const message of read(chunk)) receive(message);
  });
  const allRead = new Promise<void>((resolve) => socket.once("end", resolve).once("close", resolve));
  const whole: ControlMessage = { type: "whole" };
  const finish: ControlMessage = { type: "finish" };
  /** The newest state that waits until the plugin has taken the one before: a busy one needs not all of them. */
  let waiting: string | undefined;
  let isTaking = false;
  const writeWaiting = (): void => {
    const line = waiting === undefined ? undefined : durableLine(waiting);
    waiting = undefined;
    isTaking = line !== undefined;
    if (line !== undefined) socket.write(line, writeWaiting);
  };
  return {
    sendDurable(state) {
      waiting = state;
      if (!isTaking && form === "channel") writeWaiting();
    },
    sendFinish() {
      if (form === "channel") socket.write(controlLine(finish));
    },
    sendSecret(answer) {
      socket.write(controlLine(answer));
    },
    sendWhole: () => new Promise((resolve) => void socket.write(form === "plain" ? plainWholeLine : controlLine(whole), () => resolve())),
    read: allRead,
    close: () => socket.destroy(),
  };
}
