/** A file that the generator makes. */

export interface GeneratedFile {
  /** In the dbt project, with "/". */
  path: string;
  text: string;
}
