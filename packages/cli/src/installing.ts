/** The common part of commands that install plugins: prints the output of npm, pip and uv to stderr, and forwards signals. */
import type { How, Installed } from "@tapline/runner";
import { catchSignals } from "./signals.ts";
import { clean } from "./terminal.ts";

export function installing(quiet: boolean): How {
  return {
    stop: catchSignals().asked,
    onLine(line) {
      if (!quiet) process.stderr.write(`${clean(line)}\n`);
    },
  };
}

export function printInstalled(verb: string, { name, version, source }: Installed): void {
  process.stdout.write(`${clean(`${verb}  ${name}${version === undefined ? "" : ` ${version}`}  (${source})`)}\n`);
}
