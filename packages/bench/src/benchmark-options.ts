/** What the command line gives to every benchmark. */

export interface BenchmarkOptions {
  /** A checkout of MeltanoLabs' tap-csv. */
  peerTapCsv: string | undefined;
}
