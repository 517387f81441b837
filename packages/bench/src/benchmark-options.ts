/** The command line options for all benchmarks. */

export interface BenchmarkOptions {
  /** A checkout of MeltanoLabs' tap-csv. */
  peerTapCsv: string | undefined;
}
