/**
 * The runner's control pipe, its descriptor named by TAPLINE_CONTROL_FD. The line `whole` says that the input is complete;
 * the pipe's end without it says that the runner is dead, however whole the input looks (docs/explanation/delivery.md).
 */
import { fstatSync } from "node:fs";
import { Socket } from "node:net";
import { errors } from "../errors.ts";

export interface Control {
  /** Settles at `whole` (true) or at the pipe's end without it (false). */
  readonly whole: Promise<boolean>;
}

/** Undefined where nobody controls this process. Takes the variable out of `env`, as children have no such descriptor. @throws control_unusable */
export function openControl(env: NodeJS.ProcessEnv): Control | undefined {
  const descriptor = env.TAPLINE_CONTROL_FD;
  delete env.TAPLINE_CONTROL_FD;
  if (descriptor === undefined) return undefined;
  const fd = Number(descriptor);
  if (!/^\d{1,5}$/.test(descriptor) || !isPipe(fd)) throw errors.control_unusable({ descriptor });
  return { whole: hearWhole(new Socket({ fd, readable: true, writable: false })) };
}

function hearWhole(pipe: Socket): Promise<boolean> {
  return new Promise((resolve) => {
    let text = "";
    pipe.setEncoding("utf8");
    pipe.on("data", (piece: string) => {
      text = (text + piece).slice(-20);
      if (text.includes("whole\n")) resolve(true);
    });
    pipe.on("error", () => resolve(false));
    pipe.on("close", () => resolve(false));
  });
}

function isPipe(fd: number): boolean {
  try {
    const stat = fstatSync(fd);
    return stat.isSocket() || stat.isFIFO();
  } catch {
    return false;
  }
}
