/**
 * A target that keeps no rows, so that the benchmark measures the pipe: it parses each line, counts rows, adds up ids, emits each STATE
 * at once and ends with a summary. Usage: count-rows.js --config {"output": FILE}
 */
import { readFileSync, readSync, writeFileSync, writeSync } from "node:fs";

const about = { name: "target-count", version: "0.1.0", capabilities: ["summary"] };

if (process.argv.includes("--about")) console.log(JSON.stringify(about));
else {
  const { output } = JSON.parse(readFileSync(process.argv[process.argv.indexOf("--config") + 1] ?? "", "utf8")) as { output: string };
  const started = performance.now();
  const counts = { rows: 0, ids: 0, states: 0 };
  for (const line of lines()) take(line);
  writeFileSync(output, JSON.stringify(counts));
  const received = { received: counts.rows, loaded: counts.rows, rejected: 0, seconds: (performance.now() - started) / 1000 };
  process.stderr.write(`${JSON.stringify({ type: "summary", stream: "lines", ...received })}\n`);

  function take(line: string): void {
    const message = JSON.parse(line) as { type: string; record: { id: number }; value: unknown };
    if (message.type === "RECORD") {
      counts.rows++;
      counts.ids += message.record.id;
    } else if (message.type === "STATE") {
      counts.states++;
      writeSync(1, `${JSON.stringify(message.value)}\n`);
    }
  }
}

function* lines(): Iterable<string> {
  const buffer = Buffer.allocUnsafe(1 << 20);
  let rest = 0;
  for (;;) {
    const read = readSync(0, buffer, rest, buffer.length - rest, null);
    if (read === 0) return;
    const filled = rest + read;
    let start = 0;
    for (let end = buffer.indexOf(10); end >= 0 && end < filled; end = buffer.indexOf(10, start)) {
      yield buffer.toString("latin1", start, end);
      start = end + 1;
    }
    buffer.copyWithin(0, start, filled);
    rest = filled - start;
  }
}
