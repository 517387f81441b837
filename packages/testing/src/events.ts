/** Reads the JSON lines on a plugin's stderr and its --about, which are the same for taps and targets. */
import assert from "node:assert/strict";
import { exitCodes } from "@tapline/protocol";
import type { Ended } from "./plugin-process.ts";
import { tail } from "./plugin-process.ts";

export type Event = Record<string, unknown>;

export function events(stderr: string): Event[] {
  return stderr.split("\n").flatMap((line) => {
    try {
      const value: unknown = JSON.parse(line);
      return typeof value === "object" && value !== null ? [value as Event] : [];
    } catch {
      return [];
    }
  });
}

/** The last summary line of each stream. */
export function summaries(stderr: string): Map<unknown, Event> {
  return new Map(
    events(stderr)
      .filter((event) => event.type === "summary")
      .map((event) => [event.stream, event]),
  );
}

/** Checks `--about --format json`: it needs name, version, description, capabilities, and a JSON Schema that describes each setting. */
export function assertAbout(ended: Ended): { settings: { properties: Record<string, Event> } } {
  assert.equal(ended.code, 0, `--about --format json ended with ${ended.code}: ${tail(ended.stderr)}`);
  const about = JSON.parse(ended.stdout);
  for (const field of ["name", "version", "description"]) {
    assert.ok(typeof about[field] === "string" && about[field] !== "", `--about lacks ${field}`);
  }
  assert.ok(Array.isArray(about.capabilities) && about.capabilities.length > 0, "--about lists no capabilities");
  const settings = about.settings?.properties;
  assert.ok(typeof settings === "object" && Object.keys(settings).length > 0, "--about lists no settings");
  for (const [name, setting] of Object.entries(settings as Record<string, Event>)) {
    assert.ok(typeof setting.description === "string" && setting.description !== "", `--about does not describe the setting ${name}`);
  }
  return about;
}

/** A config with one setting of the wrong type: an unknown object, or text where an object belongs. */
export function wrongConfig(good: Record<string, unknown>, settings: Record<string, Event>): Record<string, unknown> {
  const name = Object.keys(settings).find((key) => key in good) ?? (Object.keys(settings)[0] as string);
  return { ...good, [name]: settings[name]?.type === "object" ? "text" : { nonsense: true } };
}

/** Checks for exit code 64 and, as the last JSON line of stderr, an error with a hint. */
export function assertConfigError(ended: Ended, config: unknown): void {
  assert.equal(
    ended.code,
    exitCodes.config,
    `with the config ${JSON.stringify(config)} the plugin ended with ${ended.code}, not ${exitCodes.config}`,
  );
  assert.equal(ended.stdout, "", "it wrote to stdout in spite of a bad config");
  const error = events(ended.stderr).findLast((event) => event.type === "error");
  assert.ok(error !== undefined, `no line {"type":"error",…} on stderr: ${tail(ended.stderr)}`);
  for (const field of ["code", "message", "hint"]) {
    assert.ok(typeof error[field] === "string" && error[field] !== "", `the error line lacks ${field}`);
  }
}
