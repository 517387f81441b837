/** Runs the kit that every tap must pass. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeTap, ownCommand } from "@tapline/testing";

const folder = mkdtempSync(join(tmpdir(), "tap-csv-contract-"));
const rows = (count: number) =>
  Array.from({ length: count }, (_, id) => ({
    id,
    name: `item, "${id}"\nof ${count}`,
    price: id % 3 === 0 ? null : id / 4,
    changed: `2024-01-01T00:00:${String(Math.floor(id / 20) % 60).padStart(2, "0")}Z`,
  }));
const csv = (name: string, of: ReturnType<typeof rows>) => {
  const lines = of.map(({ id, name, price, changed }) => `${id},"${name.replaceAll('"', '""')}",${price ?? ""},${changed}\n`);
  writeFileSync(join(folder, name), `id,name,price,changed\n${lines.join("")}`);
  return join(folder, name);
};
const items = { entity: "items", path: csv("items.csv", rows(100)), keys: ["id"] };

describeTap({
  command: ownCommand(import.meta.url),
  config: { files: [items, { ...items, entity: "changes", replication_key: "changed" }] },
  rows: { items: rows(100), changes: rows(100) },
  longConfig: { files: [{ ...items, path: csv("long.csv", rows(100_000)) }] },
});
