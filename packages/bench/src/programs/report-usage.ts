/** Preloaded into every measured process: on exit it appends CPU time and peak memory to the file in BENCH_USAGE. */
import { appendFileSync } from "node:fs";
import { basename } from "node:path";

process.on("exit", () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const file = process.env.BENCH_USAGE;
  if (file === undefined) return;
  const line = { program: basename(process.argv[1] ?? ""), cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, peakMb: maxRSS / 1024 };
  appendFileSync(file, `${JSON.stringify(line)}\n`);
});
