/**
 * The control pipe of plugins that list the capability: descriptor 3, held open as long as the runner lives. Its end
 * without the word `whole` tells a plugin that the runner is dead, which the end of the data pipe can't.
 */
import type { Duplex } from "node:stream";

/** In a plugin's environment: the descriptor to listen to. */
const variable = "TAPLINE_CONTROL_FD";
export const controlDescriptor = 3;
export const controlCapability = "control-pipe";

export interface ControlPipe {
  /** The input ended whole: its last rows may be committed too. Settles when it is said, or nobody listens any more. */
  tellWhole(): Promise<void>;
  /** Only after the plugin has ended: to a living one it is the runner's death. */
  close(): void;
}

export function openControlPipe(socket: Duplex): ControlPipe {
  // A plugin that left makes this a broken pipe; how it ended is told by its exit.
  socket.on("error", () => {});
  return {
    tellWhole: () => new Promise((resolve) => void socket.write("whole\n", () => resolve())),
    close: () => socket.destroy(),
  };
}

/** What a plugin inherits. A variable of a run around this one would name a descriptor that is not there. */
export function childEnvironment(own: Readonly<Record<string, string>>, hasControl = false): NodeJS.ProcessEnv {
  const { [variable]: _outer, ...inherited } = { ...process.env, ...own };
  return hasControl ? { ...inherited, [variable]: String(controlDescriptor) } : inherited;
}
