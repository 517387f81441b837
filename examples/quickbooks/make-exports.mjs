// Writes the exports of this example, with the quirks of real QuickBooks exports. The same day gives the same files.
// node make-exports.mjs [folder] [day]: day 1 is the committed state; a later day has more rows and changed ones.
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
const pad = (n, width = 2) => String(n).padStart(width, "0");
const money = (cents, grouped) => {
  const [whole, rest] = (cents / 100).toFixed(2).split(".");
  return `${grouped ? whole.replace(/\B(?=(\d{3})+$)/g, ",") : whole}.${rest}`;
};
const cell = (value) => (/[",\n\r]/.test(value) || value !== value.trim() ? `"${value.replaceAll('"', '""')}"` : value);
const usDate = (time) => `${pad(time.getUTCMonth() + 1)}/${pad(time.getUTCDate())}/${time.getUTCFullYear()}`;
const isoDate = (time) => time.toISOString().slice(0, 10);
const stamp = (time) => time.toISOString().replace(/\.\d+Z$/, "-05:00");
const daysAfter = (time, days) => new Date(time.getTime() + days * 86_400_000);
const start = new Date("2025-01-02T09:00:00Z");

const firsts = ["Ana", "Björn", "Chloé", "Dmitri", "Esi", "Fatima", "George", "Hana", "Ivo", "Jürgen", "Keiko", "Liam", "María", "Nadia"];
const lasts = ["O'Neill", "Smith", "García", "Müller", "Okafor", "Lefèvre", "Kowalski", "Nguyen", "Rossi", "Haddad", "Jones, Jr."];
const trades = ["Plumbing", "Gardens", 'Signs "R" Us', "Bakery", "Roofing", "Logistics", "Dental", "Books & Coffee"];
const goods = ["Valve", "Hinge", "Pipe", "Bracket", "Panel", "Filter", "Cable", "Pump", "Lamp", "Sealant"];
const sizes = ['1/2"', '3/4"', '1"', "10 mm", "25 mm", "large", "small", "set of 4"];

// Each day draws the same random numbers in the same order, so that a row has the same key and the same values on every day, unless it was changed.

function customers(onDay) {
  const next = random(11);
  return Array.from({ length: 600 + (onDay - 1) * 10 }, (_, i) => {
    const name = `${pick(next, firsts)} ${pick(next, lasts)}`;
    const company = next() < 0.6 ? `${name.split(" ")[1]} ${pick(next, trades)}` : "";
    const street = `${1 + Math.floor(next() * 900)} Main St${next() < 0.2 ? ", Suite 4" : ""}`;
    const created = daysAfter(start, -Math.floor(next() * 900));
    const modified = daysAfter(start, Math.floor(next() * 200) / 10);
    return {
      "QuickBooks Internal Id": i === 299 ? "" : `800${pad(i + 1, 5)}-${1_480_000_000 + i * 977}`,
      Customer: `${name}${i % 50 === 49 ? " " : ""} ${pad(i + 1, 4)}`,
      Company: company,
      Email: next() < 0.8 ? `customer${i + 1}@example.com` : "",
      Phone: next() < 0.7 ? `(0${pad(Math.floor(next() * 99))}) 555-${pad(Math.floor(next() * 9999), 4)}` : "",
      "Billing Address": `${name}\n${street}\nSpringfield, IL 0${pad(Math.floor(next() * 9999), 4)}`,
      "Open Balance": money(Math.floor(next() * 900_000), true),
      "Created On": usDate(created),
      "Last Modified": stamp(onDay > 1 && i % 40 === 0 ? daysAfter(modified, 30 * (onDay - 1)) : modified),
      Active: next() < 0.9 ? "true" : "false",
      Notes: next() < 0.15 ? 'Said: "call back, after 5"\nleft message' : "",
    };
  });
}

function items(onDay) {
  const next = random(22);
  return Array.from({ length: 240 + (onDay - 1) * 5 }, (_, i) => {
    const isChanged = onDay > 1 && i % 30 === 0;
    const cost = 50 + Math.floor(next() * 20_000);
    return {
      "Item Name": `${pick(next, goods)} ${pick(next, sizes)} #${pad(i + 1, 3)}`,
      Type: pick(next, ["Inventory Part", "Inventory Part", "Service", "Non-inventory"]),
      "Sales Description": next() < 0.7 ? `${pick(next, goods)}, ${pick(next, sizes)}` : "",
      "Purchase Cost": money(cost, true),
      "Sales Price": money(Math.round(cost * (1.2 + next() * 0.6)) + (isChanged ? 100 * onDay : 0), true),
      "Quantity On Hand": String(Math.floor(next() * 500)),
      Status: next() < 0.92 ? "Active" : "Discontinued",
      "Last Modified": stamp(daysAfter(start, [Math.floor(next() * 20), 30 * onDay][isChanged ? 1 : 0])),
    };
  });
}

/** `count` documents on the first day, and `more` of them on each day after it. */
function sales(seed, { count, more }, prefix, numberName) {
  const next = random(seed);
  const [people, stock] = [customers(1), items(1)];
  const rows = [];
  for (let n = 1; n <= count + (day - 1) * more; n++) {
    // Later documents are newer than all of the first day, whatever the hour in `Last Modified`.
    const date = daysAfter(start, n / (count / 300) + (n > count ? 1 : 0));
    const customer = pick(next, people);
    const lines = 1 + Math.floor(next() * 4);
    for (let line = 1; line <= lines; line++) {
      const item = pick(next, stock);
      const quantity = 1 + Math.floor(next() * 60);
      const rate = Math.round(Number(item["Sales Price"].replaceAll(",", "")) * 100);
      rows.push({
        [numberName]: `${prefix}-${pad(n, 6)}`,
        Line: String(line),
        Date: usDate(date),
        ...(prefix === "INV"
          ? { "Due Date": isoDate(daysAfter(date, 30)) }
          : { "Payment Method": pick(next, ["Cash", "Check", "Visa ****1234", ""]) }),
        Customer: customer.Customer,
        "Item Name": item["Item Name"],
        Description: next() < 0.5 ? `${item["Sales Description"]}${next() < 0.1 ? '\nsee "terms"' : ""}` : "",
        Quantity: String(quantity),
        Rate: money(rate, true),
        Amount: money(rate * quantity, true),
        Taxable: next() < 0.8 ? "true" : "false",
        Memo: next() < 0.1 ? pick(next, ["rush", "  leave at gate", "PO 0042, partial", "null"]) : "",
        "Last Modified": stamp(daysAfter(date, next())),
      });
    }
  }
  return rows;
}

function write(name, rows, lineEnd = "\n", bom = "") {
  const header = Object.keys(rows[0]);
  const lines = [header, ...rows.map((row) => header.map((column) => row[column]))].map((cells) => cells.map(cell).join(","));
  writeFileSync(join(folder, name), bom + lines.join(lineEnd) + lineEnd);
}

mkdirSync(folder, { recursive: true });
write("customers.csv", customers(day), "\r\n", "\uFEFF");
write("items.csv", items(day));
write("invoices.csv", sales(33, { count: 900, more: 20 }, "INV", "Invoice Number"), "\r\n");
write("sales_receipts.csv", sales(44, { count: 500, more: 10 }, "SR", "Receipt Number"));
