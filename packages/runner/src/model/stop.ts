/** How a run is stopped: who may ask for it, and how long its plugins may take. */

export interface StopSource {
  /** The signal to stop the plugins with; undefined until somebody asks. */
  readonly signal: NodeJS.Signals | undefined;
  /** What stopped the run, as a person reads it: a signal, or the cause of one. */
  readonly by: string;
  /** Settles when somebody asks the run to stop. */
  readonly asked: Promise<NodeJS.Signals>;
  /** Settles at the second request: from then on nothing waits for a plugin. */
  readonly askedAgain: Promise<void>;
}

/** How long a plugin may take to end after a signal, before it is killed. */
export interface Grace {
  /** For taps and mappers. */
  tapMs: number;
  targetMs: number;
}
