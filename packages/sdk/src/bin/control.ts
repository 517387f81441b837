/**
 * The plugin's end of the control channel. The message `whole` means that the input is complete; the channel's end without it
 * means that the runner is dead, however complete the input looks (docs/explanation/delivery.md).
 */
import { fstatSync } from "node:fs";
import { Socket } from "node:net";
import { controlLine, controlReader, controlVariable, type ReceivedControlMessage } from "@tapline/protocol";
import { errors } from "../errors.ts";

export interface Control {
  /** Settles at `whole` (true) or at the channel's end without it (false). */
  readonly whole: Promise<boolean>;
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
  return {
    whole: receiveWhole(channel),
    send(message) {
      // A pipe has one direction, and so has a socket whose other end is gone.
      if (channel.writable) channel.write(controlLine(message));
    },
  };
}

function receiveWhole(channel: Socket): Promise<boolean> {
  const read = controlReader();
  return new Promise((resolve) => {
    channel.on("data", (chunk: Buffer) => {
      if (read(chunk).some(({ type }) => type === "whole")) resolve(true);
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
