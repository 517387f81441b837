/**
 * Recognizes the stack traces of Python, Node.js and Java in what a plugin prints: people see the error itself, and the log has the rest.
 * Pure.
 */

export interface TraceReader {
  /** Takes the next line. "error": the line that names the error; "trace": any other line of a stack trace. */
  read(line: string): "error" | "trace" | undefined;
}

const error =
  /^(?:Uncaught |Caused by: |Exception in thread "[^"]*" )?(?:[\w$]+\.)*[\w$]*(?:Error|Exception|Exit|Interrupt|Warning)\b(?: \[\w+\])?(?::|$)/;
const pythonStart = /^\s*Traceback \(most recent call last\):$/;
const pythonChain = /^(?:The above exception was the direct cause of|During handling of the above exception, another exception occurred)/;
/** Where an uncaught error was thrown: a file and a line. The line of code and a mark below it follow. */
const nodeStart = /^(?:node:|file:\/\/|\/)\S*:\d+$/;
const frame = /^\s+at .+|^\s+\.\.\. \d+ more$|^Node\.js v\d+\S*$/;
/** Node prints less between the place and the error. */
const maxLines = 12;

export function createTraceReader(): TraceReader {
  let inside: "python" | "node" | undefined;
  let lines = 0;
  return {
    read(line) {
      if (pythonStart.test(line) || nodeStart.test(line)) {
        inside = pythonStart.test(line) ? "python" : "node";
        lines = 0;
        return "trace";
      }
      if (pythonChain.test(line) || frame.test(line)) return "trace";
      if (inside === "python") {
        if (/^\s/.test(line)) return "trace";
        inside = undefined;
        return "error";
      }
      if (inside === "node") {
        lines++;
        const isError = error.test(line);
        if (isError || lines > maxLines) inside = undefined;
        if (lines <= maxLines) return isError ? "error" : "trace";
      }
      return undefined;
    },
  };
}
