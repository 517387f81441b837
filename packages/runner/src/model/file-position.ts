/** Where something is in a file of the project, for messages. Lines and columns (`offset`) count from 1. */
export interface FilePosition {
  file?: string;
  line?: number;
  offset?: number;
}
