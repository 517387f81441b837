/** What `tapline ci` found: what the jobs did on both sides, and how the tables differ. It is shown, put under a pull request, and printed with --json. */
import type { NodeResult } from "@tapline/protocol";
import type { Failure } from "./failure.ts";
import type { JobStatus } from "./run-event.ts";
import type { Example, VerifyFinding } from "./verify-report.ts";

export interface CiStep {
  name: string;
  /** "left out": a program that may not run here. */
  status: JobStatus | "skipped" | "left out";
  /** Rows that a pipe loaded; null: it is none, or did not say. */
  rows: number | null;
  /** Streams of which more rows may be there than were read. */
  cut: string[];
  /** Of dbt: models and tests. */
  nodes: NodeResult[];
  failure: Failure | null;
}

export interface CiJob {
  job: string;
  status: JobStatus;
  seconds: number;
  steps: CiStep[];
  failure: Failure | null;
}

export interface CiSide {
  /** A branch, "the working tree", … */
  name: string;
  commit: string;
  jobs: CiJob[];
}

export interface CiColumn {
  name: string;
  /** type: the values are of another type. values: rows differ in it. */
  change: "new" | "gone" | "type" | "values";
  /** Types; null on the side that has no such column. */
  before: string | null;
  after: string | null;
  /** Rows with another value in it; null: not compared. */
  rows: number | null;
}

export interface CiTable {
  /** schema.table */
  name: string;
  status: "new" | "gone" | "same" | "changed" | "failed";
  rows: { before: number | null; after: number | null };
  /** Rows that only one side has. */
  added: number;
  removed: number;
  /** Rows that are on both sides with other values. */
  differing: number;
  /** By which rows were matched; []: as a whole. */
  key: string[];
  columns: CiColumn[];
  findings: VerifyFinding[];
  /** A few rows, by their keys. `only_here`: of the base. */
  examples: Example[];
  failure: string | null;
}

export interface CiReport {
  /** failed: jobs or tests of this side failed. uncompared: it is well, and nothing could be compared. */
  verdict: "same" | "changed" | "failed" | "uncompared";
  head: CiSide;
  /** null: not asked for. */
  base: CiSide | null;
  /** What changed first. */
  tables: CiTable[];
  /** What a person should know. */
  notes: string[];
  seconds: number;
}
