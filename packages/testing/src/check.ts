/** A check is a plain function that throws when its subject breaks the promise it is named after. Kits are lists of them. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Check<Subject> {
  /** The promise, as a sentence that holds for a good plugin. */
  readonly name: string;
  /** Whether the promise is one this plugin makes. Default: it is. */
  appliesTo?(subject: Subject): boolean;
  run(subject: Subject): Promise<void>;
}

export function applicable<S>(checks: readonly Check<S>[], subject: S): Check<S>[] {
  return checks.filter((check) => check.appliesTo?.(subject) ?? true);
}

/** The checks that fail, by name, with what they said. Runs a few at a time: they mostly wait for processes. */
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

/** An empty folder that is gone when the check is done. */
export function temporaryFolder(): Disposable & { path: string } {
  const path = mkdtempSync(join(tmpdir(), "tapline-testing-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
