/** What stream maps did with the records of a stream: schema, type, and reader. */
import { formatNumber } from "../format-number.ts";
import { type Static, Type } from "../type.ts";

const count = Type.Integer({ minimum: 0 });

export const mapCountSchema = Type.Object({
  from: Type.String({ description: "The stream, by the name that it had" }),
  to: Type.Optional(Type.String({ description: "The stream that its records went into; left out where it is dropped" })),
  received: count,
  passed: count,
  filtered: Type.Integer({ minimum: 0, description: "Records that a filter, or dropping the stream, left out" }),
});

/** `received` = `passed` + `filtered`. A stream that went into several has a count for each. */
export type MapCount = Static<typeof mapCountSchema>;

/** undefined: it has another form. */
export function readMapCount({ from, to, received, passed, filtered }: Record<string, unknown>): MapCount | undefined {
  const isCount = (value: unknown): value is number => typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
  if (typeof from !== "string" || !isCount(received) || !isCount(passed) || !isCount(filtered)) return undefined;
  return { from, ...(typeof to === "string" && { to }), received, passed, filtered };
}

/** `orders: 100 received, 20 filtered out, 80 passed as orders_v2`; `orders: 100 received, dropped` */
export function describeMapCount({ from, to, received, passed, filtered }: MapCount): string {
  const start = `${from}: ${formatNumber(received)} received`;
  if (to === undefined) return `${start}, dropped`;
  const left = filtered === 0 ? "" : `${formatNumber(filtered)} filtered out, `;
  return `${start}, ${left}${formatNumber(passed)} passed${to === from ? "" : ` as ${to}`}`;
}
