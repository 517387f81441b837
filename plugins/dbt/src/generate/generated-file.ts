/** A file that the generator makes. */

export interface GeneratedFile {
  /** Relative to the dbt project, with "/". */
  path: string;
  text: string;
}
