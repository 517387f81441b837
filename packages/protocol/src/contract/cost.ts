/** What a load cost in a database that is paid by use, as amounts with their units: schema, type, reader, and the words for it. */
import { formatNumber } from "../format-number.ts";
import { type Static, Type } from "../type.ts";
import { isObject } from "../wire/json.ts";

export const costPartSchema = Type.Object({
  amount: Type.Number({ minimum: 0 }),
  unit: Type.String({ description: "What is counted, such as statements or MB staged; amounts of one unit can be added" }),
});

export type CostPart = Static<typeof costPartSchema>;

/** Entries without a unit or an amount are left out. */
export function readCost(value: unknown): CostPart[] {
  if (!Array.isArray(value)) return [];
  return value.filter(isObject).flatMap(({ amount, unit }) => {
    return typeof amount === "number" && amount >= 0 && typeof unit === "string" && unit !== "" ? [{ amount, unit }] : [];
  });
}

/** The amounts of each unit, added up. */
export function sumCosts(costs: readonly (readonly CostPart[])[]): CostPart[] {
  const sums = new Map<string, number>();
  for (const { amount, unit } of costs.flat()) sums.set(unit, (sums.get(unit) ?? 0) + amount);
  return [...sums].map(([unit, amount]) => ({ amount, unit }));
}

/** `1,204 statements, 5.1 MB staged` */
export function describeCost(parts: readonly CostPart[]): string {
  return parts.map(({ amount, unit }) => `${formatNumber(rounded(amount))} ${unit}`).join(", ");
}

function rounded(amount: number): number {
  return Number(amount < 1 ? amount.toPrecision(2) : amount.toFixed(1));
}
