/** Thirty days of exports made from a seed: the changes at the source, and the order in which they arrive. */
import { seededRandom } from "@tapline/testing/seeded-random";
import type { TestStream } from "./warehouse.ts";

/** The state of one key at the source, from a time on. */
export interface Event {
  key: Readonly<Record<string, string | number>>;
  /** Microseconds since 1970. */
  at: bigint;
  /** Null: the key was deleted. */
  content: Readonly<Record<string, unknown>> | null;
}

export const stock: TestStream = {
  name: "stock",
  keys: ["Item Name", "site"],
  properties: {
    "Item Name": { type: "string" },
    site: { type: "integer" },
    "Sales Price": { type: ["null", "number"], multipleOf: 0.01 },
    quantity: { type: ["null", "integer"] },
    status: { type: ["null", "string"] },
    active: { type: ["null", "boolean"] },
    since: { type: ["null", "string"], format: "date" },
    checked: { type: ["null", "string"], format: "date-time" },
    labels: { type: ["null", "object", "array"] },
  },
};

const dayMicros = 86_400_000_000n;
const firstDay = BigInt(Date.UTC(2026, 0, 1)) * 1000n;

/** The events of each day, in the order they arrive. */
export function days(seed: number, count: number): Event[][] {
  const random = seededRandom(seed);
  const below = (n: number): number => Math.floor(random() * n);
  const pick = (...values: unknown[]): unknown => values[below(values.length)];
  const keys = Array.from({ length: 24 }, (_, n) => ({
    "Item Name": `${pick("Bolt", "Zürich", 'say "hi"', "日本", "a b")}${n >> 1}`,
    site: n % 2,
  }));
  const content = () => ({
    "Sales Price": pick(null, 0, 1.1, 12.5, 99999999.99),
    quantity: pick(null, 0, 7, "9007199254740993"),
    status: pick(null, "", "Active", "Inactive", " Active"),
    active: pick(null, true, false),
    since: pick(null, "2024-02-29", "2025-12-31"),
    checked: pick(null, "2026-01-01T00:00:00.000001Z", "2026-01-01T01:00:00.000001+01:00", "2026-01-02T00:00:00Z"),
    labels: pick(null, {}, [], { a: 1, b: [true, null] }, { b: [true, null], a: 1 }, { a: "1", b: [null, true] }, [1.5, { c: "ü" }]),
  });
  /** Often only one column changes, and often to or from NULL. */
  const changed = (old: Event["content"] | undefined): Event["content"] => {
    const fresh = content();
    if (old === null || old === undefined || random() < 0.2) return fresh;
    const column = pick(...Object.keys(fresh)) as keyof typeof fresh;
    return { ...old, [column]: random() < 0.3 ? null : fresh[column] };
  };

  const now = new Map<object, Event>();
  const arrived: Event[] = [];
  return Array.from({ length: count }, (_, day): Event[] => {
    const start = firstDay + BigInt(day) * dayMicros;
    const today: Event[] = [];
    const happen = (event: Event): void => {
      today.push(event);
      if (event.at >= (now.get(event.key)?.at ?? 0n)) now.set(event.key, event);
    };
    for (const key of keys) {
      const last = now.get(key);
      const at = start + BigInt(below(1000)) * 1_000_000n + BigInt(below(3));
      if (random() < 0.25) happen({ key, at, content: changed(last?.content) });
      // A second version on the same day, at the same instant or a microsecond after it.
      if (random() < 0.15) happen({ key, at: at + BigInt(below(3)), content: changed(now.get(key)?.content) });
      // Back to the earlier value on the same day.
      if (random() < 0.05 && last !== undefined) happen({ key, at: at + 5n, content: last.content });
      if (random() < 0.06) happen({ key, at: at + BigInt(below(2)), content: null });
    }
    // An export of everything, without any change.
    if (day % 3 === 1)
      for (const [key, { content: same }] of now) happen({ key: key as Event["key"], at: start + 3_600_000_000n, content: same });
    // A late file: changes from days ago that did not arrive before, sometimes of an unknown key.
    for (let n = below(4); n > 0; n--) {
      const old = arrived[below(arrived.length)];
      if (old !== undefined)
        today.push({ key: old.key, at: old.at - BigInt(below(3)) * 43_200_000_000n + BigInt(below(3) - 1), content: changed(old.content) });
    }
    // An earlier file, sent again unchanged.
    if (arrived.length > 0 && random() < 0.4) {
      const from = below(arrived.length);
      today.push(...arrived.slice(from, from + 12));
    }
    arrived.push(...today);
    return today;
  });
}

/** The RECORD message of an event. */
export function message({ key, at, content }: Event): string {
  const record = content === null ? { ...key, _sdc_deleted_at: isoMicros(at) } : { ...key, ...content };
  const text = JSON.stringify({ type: "RECORD", stream: stock.name, record, time_extracted: isoMicros(at) });
  // A number beyond 2^53 can't be written to JSON in any other way.
  return text.replace(/"quantity":"(\d+)"/, '"quantity":$1');
}

/** "2026-01-01T00:00:00.000001Z" */
export function isoMicros(at: bigint): string {
  return `${new Date(Number(at / 1000n)).toISOString().slice(0, -1)}${String(at % 1000n).padStart(3, "0")}Z`;
}
