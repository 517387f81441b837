/** A check is a function that throws when a plugin breaks the promise in the check's name. Kits are lists of checks. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Check<Subject> {
  /** The promise, as a sentence that is true of a good plugin. */
  readonly name: string;
  /** Whether this plugin makes the promise. Default: yes. */
  appliesTo?(subject: Subject): boolean;
  run(subject: Subject): Promise<void>;
}

export function applicable<S>(checks: readonly Check<S>[], subject: S): Check<S>[] {
  return checks.filter((check) => check.appliesTo?.(subject) ?? true);
}

/** Runs the checks, a few at a time for they mostly wait for processes. Returns those that fail: name and message. */
export async function failures<S>(checks: readonly Check<S>[], subject: S, atOnce = 4): Promise<Map<string, string>> {
  const failed = new Map<string, string>();
  const rest = applicable(checks, subject);
  const work = async (): Promise<void> => {
    for (let check = rest.shift(); check !== undefined; check = rest.shift()) {
      const { name } = check;
      await check.run(subject).catch((error: Error) => failed.set(name, error.message));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return failed;
}

/** A check that is listed as one that can't pass. @throws Error where it passes */
export async function runNotShown<S>(check: Check<S>, subject: S): Promise<void> {
  try {
    await check.run(subject);
  } catch {
    return;
  }
  throw new Error(`it can be shown now: take ${JSON.stringify(check.name)} off the list`);
}

/** An empty folder, deleted when the check is done. */
export function temporaryFolder(): Disposable & { path: string } {
  const path = mkdtempSync(join(tmpdir(), "tapline-testing-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
