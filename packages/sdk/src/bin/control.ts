/**
 * The plugin's end of the control channel. The message `whole` means that the input is complete; the channel's end without it
 * means that the runner is dead, however complete the input looks (docs/explanation/delivery.md).
 */
import { fstatSync } from "node:fs";
import { Socket } from "node:net";
import { controlLine, controlReader, controlVariable, type ReceivedControlMessage, readDurable, type State } from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { Durable } from "../tap/follow.ts";
import type { SecretPlace } from "../tap/session.ts";
import { controlSecrets } from "./control-secrets.ts";

export interface Control {
  /** Settles at `whole` (true) or at the channel's end without it (false). */
  readonly whole: Promise<boolean>;
  /** The newest state that is stored. */
  readonly durable: Durable;
  /** Aborted at `finish`. */
  readonly finish: AbortSignal;
  /** Where the runner keeps secrets that the source changes. */
  readonly secrets: SecretPlace;
  /** A line to the runner, which ignores types it does not know. @throws RangeError when it is too long */
  send(message: ReceivedControlMessage): void;
}

/**
 * undefined where no runner started this process. Deletes the variable from `env`, since children of this process do not inherit
 * the descriptor. @throws control_unusable
 */
export function openControl(env: NodeJS.ProcessEnv): Control | undefined {
  const descriptor = env[controlVariable];
  delete env[controlVariable];
  if (descriptor === undefined) return undefined;
  const fd = Number(descriptor);
  const kind = /^\d{1,5}$/.test(descriptor) ? kindOf(fd) : undefined;
  if (kind === undefined) throw errors.control_unusable({ descriptor });
  const channel = new Socket({ fd, readable: true, writable: kind === "socket" });
  const finish = new AbortController();
  let state: State | undefined;
  // A pipe has one direction, and so has a socket whose other end is gone.
  const send = (message: ReceivedControlMessage): void => void (channel.writable && channel.write(controlLine(message)));
  const secrets = controlSecrets(send);
  return {
    secrets,
    whole: receive(channel, (message) => {
      secrets.receive(message);
      if (message.type === "finish") finish.abort();
      state = readDurable(message) ?? state;
    }),
    durable: {
      get state() {
        return state;
      },
    },
    finish: finish.signal,
    send,
  };
}

/** Settles at `whole`, or at the end without it; other messages are passed on. */
function receive(channel: Socket, take: (message: ReceivedControlMessage) => void): Promise<boolean> {
  const read = controlReader();
  return new Promise((resolve) => {
    channel.on("data", (chunk: Buffer) => {
      for (const message of read(chunk)) {
        if (message.type === "whole") resolve(true);
        else take(message);
      }
    });
    channel.on("error", () => resolve(false));
    channel.on("close", () => resolve(false));
  });
}

function kindOf(fd: number): "socket" | "pipe" | undefined {
  try {
    const stat = fstatSync(fd);
    return stat.isSocket() ? "socket" : stat.isFIFO() ? "pipe" : undefined;
  } catch {
    return undefined;
  }
}
