/** A plugin that a search found, and what adds it. */
export interface FoundPlugin {
  name: string;
  version?: string | undefined;
  description: string;
  /** "npm @tapline/tap-csv", "Meltano hub, variant meltanolabs". */
  source: string;
  /** What adds it to a project. */
  add: string;
}

export interface PluginSearch {
  plugins: readonly FoundPlugin[];
  /** Places that could not be asked, each as a sentence. */
  problems: readonly string[];
}
