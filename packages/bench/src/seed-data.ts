/**
 * The invoices file that every benchmark reads. The same row count gives the same bytes on any machine. It has sixteen columns like those
 * of real exports: quoted strings with commas and quotes, integers, decimals, dates, instants, booleans, empty cells.
 */
import { closeSync, existsSync, mkdirSync, openSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import { seededRandom } from "@tapline/testing/seeded-random";

/** Column name -> type, in file order. `key` is `id`. */
export const invoiceColumns = {
  id: "integer",
  invoice_no: "string",
  customer_id: "integer",
  customer_name: "string",
  item: "string",
  description: "string",
  quantity: "integer",
  unit_price: "decimal",
  amount: "decimal",
  exchange_rate: "decimal",
  invoice_date: "date",
  due_date: "date",
  created_at: "timestamp",
  paid: "boolean",
  region: "string",
  memo: "string",
} as const;

const adjectives = ["Blue", "Small", "Oak", "Heavy", "Garden", "Steel", "Plain", "Winter", "North", "Soft"];
const nouns = ["Chair", "Lamp", "Table, round", "Rope", "Kettle", 'Panel 3/4"', "Basket", "Hinge", "Blanket", "Box"];
const regions = ["north", "south", "east", "west", "Île-de-France", "Zürich"];

const pad = (n: number, width: number): string => String(n).padStart(width, "0");
const quoted = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

function row(id: number, next: () => number): string {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
  const customer = Math.floor(next() * 50_000);
  const quantity = 1 + Math.floor(next() * 40);
  const cents = 100 + Math.floor(next() * 99_900);
  const month = 1 + Math.floor(next() * 12);
  const day = 1 + Math.floor(next() * 28);
  const year = 2018 + Math.floor(next() * 8);
  const total = quantity * cents;
  const at = `${pad(Math.floor(next() * 24), 2)}:${pad(Math.floor(next() * 60), 2)}:${pad(Math.floor(next() * 60), 2)}`;
  return [
    id,
    `INV-${pad(id, 8)}`,
    customer,
    quoted(`${pick(adjectives)} ${pick(adjectives)} Trading Co${customer % 7 === 0 ? ", Inc." : ""} #${customer}`),
    quoted(`${pick(adjectives)} ${pick(nouns)}`),
    next() < 0.3 ? "" : quoted(`${pick(adjectives)} ${pick(nouns)} in "${pick(regions)}" colour, delivered to site ${customer % 97}`),
    quantity,
    `${Math.floor(cents / 100)}.${pad(cents % 100, 2)}`,
    `${Math.floor(total / 100)}.${pad(total % 100, 2)}`,
    `${1 + Math.floor(next() * 2)}.${pad(Math.floor(next() * 1e6), 6)}`,
    `${year}-${pad(month, 2)}-${pad(day, 2)}`,
    next() < 0.1 ? "" : `${year}-${pad(month, 2)}-${pad(day, 2)}`,
    `${year}-${pad(month, 2)}-${pad(day, 2)}T${at}Z`,
    next() < 0.7 ? "true" : "false",
    pick(regions),
    next() < 0.6 ? "" : `ref ${Math.floor(next() * 1e9).toString(36)}`,
  ].join(",");
}

/** Writes the file with `rows` rows and ids from `firstId` on into `folder`, unless it exists, and returns its path. */
export function invoicesFile(folder: string, rows: number, firstId = 1): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `invoices-${rows}${firstId === 1 ? "" : `-from-${firstId}`}.csv`);
  if (existsSync(path)) return path;
  const part = `${path}.part`;
  const fd = openSync(part, "w");
  const next = seededRandom(20_261_120 + firstId);
  let text = `${Object.keys(invoiceColumns).join(",")}\n`;
  for (let id = firstId; id < firstId + rows; id++) {
    text += `${row(id, next)}\n`;
    if (text.length > 1 << 20) {
      writeSync(fd, text);
      text = "";
    }
  }
  writeSync(fd, text);
  closeSync(fd);
  renameSync(part, path);
  return path;
}
