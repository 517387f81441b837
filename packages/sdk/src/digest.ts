/** What a plugin whose tables can be compared gives the SDK: answers to the questions of `--digest` and `--rows`. */
import type { DigestLine, DigestQuestion, RowsLine, RowsQuestion } from "@tapline/protocol";

/** It is asked one question at a time, and each answer shows what is stored by then. It must not be able to change anything, nor create what is missing. */
export interface DigestSource extends AsyncDisposable {
  /** The lines of the answer, without the last one. @throws the plugin's errors about a table or column that is not there */
  digest(question: DigestQuestion): AsyncIterable<readonly DigestLine[]>;
  /** The rows, without the last line. */
  rows(question: RowsQuestion): AsyncIterable<readonly RowsLine[]>;
}
