/** Reads the history of `stock` from a database, in the form of the reference. */
import { parseExact } from "@tapline/protocol";
import { isoMicros } from "./days.ts";
import { type VersionText, versionText } from "./reference-history.ts";
import type { Warehouse } from "./warehouse.ts";

const columns = { "Item Name": "item_name", site: "site", "Sales Price": "sales_price", quantity: "quantity", status: "status" };
const more = { active: "active", since: "since", checked: "checked", labels: "labels" };

/** Sorted. Throws if `is_current` and `valid_to` disagree. */
export async function readHistory(place: Warehouse, table = "stock_history"): Promise<VersionText[]> {
  const names = Object.keys({ ...columns, ...more });
  const texts = Object.values({ ...columns, ...more }).map((name) =>
    name === "checked" ? place.micros(name) : `cast(${name} as varchar)`,
  );
  const list = [
    ...texts,
    place.micros("valid_from"),
    place.micros("valid_to"),
    "cast(is_current as varchar)",
    "cast(is_deleted as varchar)",
  ];
  const rows = await place.read(`SELECT ${list.map((text, n) => `${text} AS c${n}`).join(", ")} FROM ${table}`);
  return rows
    .map((values) => {
      const [from, to, isCurrent, isDeleted] = values.slice(names.length);
      if ((isCurrent === "true") !== (to === null)) throw new Error(`is_current is ${isCurrent} where valid_to is ${to}`);
      const row = Object.fromEntries(names.map((name, n) => [name, shown(name, values[n] as string | null)]));
      return versionText(row, BigInt(from as string), to === null ? undefined : BigInt(to as string), isDeleted === "true");
    })
    .sort();
}

function shown(name: string, text: string | null): unknown {
  if (text === null) return null;
  if (name === "labels") return parseExact(text);
  return name === "checked" ? isoMicros(BigInt(text)) : text;
}
