// Writes the exports of one day. The same day gives the same files. Each export is complete: it has all customers, items, invoice lines and receipt lines.
// node make-exports.mjs [folder] [day]: day 1 is the committed state. From day to day values change (also to empty), and rows are added and deleted.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const folder = process.argv[2] ?? join(import.meta.dirname, "exports");
const day = Number(process.argv[3] ?? 1);

function random(seed) {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const pick = (next, list) => list[Math.floor(next() * list.length)];
const pad = (n, width) => String(n).padStart(width, "0");
const money = (cents) => (cents / 100).toFixed(2);
const cents = (text) => Math.round(Number(text) * 100);
const cell = (value) => (/[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
const dateOf = (number) => new Date(Date.UTC(2025, 2, number)).toISOString().slice(0, 10);

const goods = ["Valve", "Hinge", "Pipe", "Bracket", "Panel", "Filter", "Cable", "Pump"];
const sizes = ['1/2"', '3/4"', "10 mm", "25 mm", "large", "set of 4"];
const names = [
  "Ana O'Neill",
  "Björn Müller",
  "Chloé Lefèvre",
  "Esi Okafor",
  "Ivo Kowalski",
  "Hana Nguyen",
  "Liam Jones, Jr.",
  "María García",
];

function newItem(next, number) {
  const cost = 50 + Math.floor(next() * 9000);
  const good = pick(next, goods);
  return {
    "Item Name": `${good} ${pick(next, sizes)} #${pad(number, 3)}`,
    Type: pick(next, ["Inventory Part", "Service"]),
    "Sales Description": next() < 0.8 ? `${good}, as in the catalogue` : "",
    "Purchase Cost": money(cost),
    "Sales Price": money(Math.round(cost * 1.4)),
    "Quantity On Hand": String(Math.floor(next() * 300)),
    Status: "Active",
  };
}

function newCustomer(next, number) {
  return {
    "QuickBooks Internal Id": `800${pad(number, 5)}-${1_480_000_000 + number * 977}`,
    Customer: `${pick(next, names)} ${pad(number, 3)}`,
    Email: next() < 0.8 ? `customer${number}@example.com` : "",
    "Open Balance": money(Math.floor(next() * 90_000)),
    Active: "true",
  };
}

function newLines(next, { numberName, prefix, number, date, items, customers }) {
  const customer = pick(next, customers).Customer;
  return Array.from({ length: 1 + Math.floor(next() * 3) }, (_, i) => {
    const item = pick(next, items);
    const quantity = 1 + Math.floor(next() * 20);
    return {
      [numberName]: `${prefix}-${pad(number, 5)}`,
      Line: String(i + 1),
      Date: date,
      Customer: customer,
      "Item Name": item["Item Name"],
      Quantity: String(quantity),
      Rate: item["Sales Price"],
      Amount: money(cents(item["Sales Price"]) * quantity),
      Memo: next() < 0.2 ? "rush" : "",
    };
  });
}

function changeItem(next, item) {
  const kind = next();
  if (kind < 0.4) item["Quantity On Hand"] = String(Number(item["Quantity On Hand"]) + 1 + Math.floor(next() * 40));
  else if (kind < 0.65) item["Sales Price"] = money(cents(item["Sales Price"]) + 25);
  else if (kind < 0.85) item["Purchase Cost"] = money(cents(item["Purchase Cost"]) + 10);
  else item.Status = item.Status === "Active" ? "Discontinued" : "Active";
}

/** Makes the days one by one, so that day N is always the same. */
function exportsOf(wanted) {
  const next = random(5);
  const items = Array.from({ length: 40 }, (_, i) => newItem(next, i + 1));
  const customers = Array.from({ length: 30 }, (_, i) => newCustomer(next, i + 1));
  const sales = (numberName, prefix, number, date) => newLines(next, { numberName, prefix, number, date, items, customers });
  const invoices = Array.from({ length: 40 }, (_, i) => sales("Invoice Number", "INV", i + 1, dateOf(1))).flat();
  const receipts = Array.from({ length: 25 }, (_, i) => sales("Receipt Number", "SR", i + 1, dateOf(1))).flat();
  let withdrawn;
  for (let today = 2; today <= wanted; today++) {
    for (const item of items) if (next() < 0.12) changeItem(next, item);
    for (const customer of customers) if (next() < 0.1) customer["Open Balance"] = money(cents(customer["Open Balance"]) + 1250);
    for (const line of invoices) if (next() < 0.02) line.Memo = line.Memo === "" ? "paid in part" : "";
    for (const line of receipts) if (next() < 0.02) line.Memo = line.Memo === "" ? "checked" : "";
    invoices.push(...sales("Invoice Number", "INV", 39 + today, dateOf(today)));
    receipts.push(...sales("Receipt Number", "SR", 24 + today, dateOf(today)));
    // The price of the first item rises every day; the second loses its description and its cost on day 3, and has a cost again on day 5.
    items[0]["Sales Price"] = money(cents(items[0]["Sales Price"]) + 100);
    if (today === 3) Object.assign(items[1], { "Sales Description": "", "Purchase Cost": "" });
    if (today === 5) items[1]["Purchase Cost"] = "12.34";
    // One item is deleted on day 4 and comes back on day 7; another one is added on day 5.
    if (today === 4) [withdrawn] = items.splice(10, 1);
    if (today === 7) items.splice(10, 0, withdrawn);
    if (today === 5) items.push(newItem(next, items.length + 2));
  }
  return { items, customers, invoices, sales_receipts: receipts };
}

mkdirSync(folder, { recursive: true });
for (const [name, rows] of Object.entries(exportsOf(day))) {
  const header = Object.keys(rows[0]);
  const lines = [header, ...rows.map((row) => header.map((column) => row[column]))].map((cells) => cells.map(cell).join(","));
  writeFileSync(join(folder, `${name}.csv`), `${lines.join("\n")}\n`);
}
