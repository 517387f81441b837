/** What commands that install plugins have in common: the words of npm, pip and uv on stderr, and signals passed on. */
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

export function sayInstalled(verb: string, { name, version, source }: Installed): void {
  process.stdout.write(`${clean(`${verb}  ${name}${version === undefined ? "" : ` ${version}`}  (${source})`)}\n`);
}
