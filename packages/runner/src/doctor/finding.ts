/** What was found about one part of a machine or a project. */
import { TaplineError } from "@tapline/protocol";

export interface Finding {
  status: "ok" | "warning" | "problem";
  /** What was checked: "node", "project", "tap-csv". */
  about: string;
  message: string;
  /** What to do; undefined: nothing. */
  fix: string | undefined;
}

export const ok = (about: string, message: string): Finding => ({ status: "ok", about, message, fix: undefined });

/** The value, or the problem that an error of a catalogue is. */
export async function attempt<T>(about: string, work: () => T | Promise<T>): Promise<{ value: T } | { finding: Finding }> {
  try {
    return { value: await work() };
  } catch (error) {
    if (!(error instanceof TaplineError)) throw error;
    const { file, line, offset } = error.position;
    const where = line === undefined ? "" : ` (${file ?? ""} line ${line}${offset === undefined ? "" : `, column ${offset}`})`;
    return { finding: { status: "problem", about, message: `${error.message}${where}`, fix: error.hint } };
  }
}
