/**
 * What the runner tells a utility that lists the capability `run-context`: a JSON file of mode 0600, named by TAPLINE_CONTEXT, in a
 * private folder that goes with the run. The utility may put files of its own beside it.
 */
import type { JsonSchema } from "./message.ts";

/** In a utility's environment: the path of the file. */
export const contextVariable = "TAPLINE_CONTEXT";

export const contextCapability = "run-context";

export interface RunContext {
  form: 1;
  /** The folder of tapline.yml; utilities are started there. */
  project: string;
  environment: string;
  run_id: string;
  /** The utility's own settings, references replaced. */
  config: Record<string, unknown>;
  /** Plugins that its settings name, by name. `executable` is the plugin at the root of what each inherits: "target-duckdb". */
  plugins: Record<string, { executable: string; config: Record<string, unknown> }>;
  /** Of the taps that the project's jobs pipe into those plugins; null where the command asked for none. */
  catalogs: PipedCatalog[] | null;
  /** What came into those plugins since this step was last done; null where that is not known, as outside of a job. */
  loaded: LoadedStream[] | null;
  /** The folder of the Python environment it declared; null: not installed. */
  python: string | null;
}

export interface PipedCatalog {
  tap: string;
  target: string;
  /** Those that are selected. */
  streams: PipedStream[];
}

export interface PipedStream {
  stream: string;
  schema: JsonSchema;
  key_properties: string[];
  replication_method: string;
}

export interface LoadedStream {
  /** As it is written in the job. */
  step: string;
  tap: string;
  stream: string;
  /** As the target calls it, "main.items"; null: not told. */
  table: string | null;
  /** Received; null: not told. */
  rows: number | null;
}
