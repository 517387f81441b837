/** What a file or an object looks like from outside: it tells whether it has changed. */
export interface Look {
  size: number;
  /** ISO 8601. */
  mtime: string;
}
