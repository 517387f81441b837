/** Secrets by value: what a config marks as secret is taken out of every text that leaves the process. */
import type { TObject } from "@tapline/protocol";

/** A function that replaces each secret of this config by "***". Values under four characters are left: they'd hit everything. */
export function redactor(schema: TObject, config: Record<string, unknown>): (text: string) => string {
  const secrets = [...secretValues(schema, config)].filter((value) => value.length >= 4).sort((a, b) => b.length - a.length);
  if (secrets.length === 0) return (text) => text;
  const spellings = secrets.flatMap((value) => [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value)]);
  return (text) => spellings.reduce((done, secret) => done.replaceAll(secret, "***"), text);
}

function* secretValues(schema: TObject, config: Record<string, unknown>): Generator<string> {
  for (const [name, setting] of Object.entries(schema.properties)) {
    const value = config[name];
    if ((setting as { secret?: boolean }).secret === true && typeof value === "string") yield value;
  }
}
