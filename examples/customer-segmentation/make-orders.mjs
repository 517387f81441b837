// Writes the orders of this example, with the quirks of real shop files. The same day gives the same file.
// node make-orders.mjs [file] [day]: day 1 is the committed file; a later day has more orders, and older ones that were returned.
import { writeFileSync } from "node:fs";
import { join } from "node:path";

const file = process.argv[2] ?? join(import.meta.dirname, "sample_data.csv");
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
const cell = (value) => (/[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
const stamp = (time) => time.toISOString().replace(/\.\d+Z$/, "Z");
const hoursAfter = (time, hours) => new Date(time.getTime() + Math.round(hours * 3_600) * 1000);
const start = new Date("2025-01-02T09:00:00Z");
const firstDays = 180;

const firsts = ["Ana", "Björn", "Chloé", "Dmitri", "Esi", "Fatima", "George", "Hana", "Ivo", "Jürgen", "Keiko", "Liam"];
const lasts = ["O'Neill", "Smith", "García", "Müller", "Okafor", "Lefèvre", "Kowalski", "Nguyen", "Rossi", "Jones, Jr.", 'de "Wit"'];
const places = [
  ["Lisbon", "South"],
  ["Lyon", "West"],
  ["Graz", "Central"],
  ["Malmö", "North"],
  ["Brno", "Central"],
  ["Cork", "West"],
];
const goods = [
  ["Espresso cups, set of 4", "Kitchen", 2400],
  ["Tea towel", "Kitchen", 950],
  ['Cast-iron pan 10"', "Kitchen", 4990],
  ["Desk lamp", "Living", 6450],
  ["Wool blanket", "Living", 8900],
  ["Cushion", "Living", 2995],
  ["Planter", "Garden", 1875],
  ["Garden shears", "Garden", 3320],
  ["Watering can", "Garden", 2760],
];

const customers = (() => {
  const next = random(7);
  return Array.from({ length: 72 }, (_, i) => {
    const name = `${pick(next, firsts)} ${pick(next, lasts)}`;
    const [city, region] = pick(next, places);
    return {
      id: `C-${pad(i + 1, 4)}`,
      name,
      email: next() < 0.85 ? `customer${i + 1}@example.com` : "",
      city,
      region,
      weight: next() ** 3,
    };
  });
})();

/** Some customers buy often, most of them rarely. */
function customer(next) {
  let rest = next() * customers.reduce((sum, { weight }) => sum + weight, 0);
  for (const each of customers) {
    rest -= each.weight;
    if (rest < 0) return each;
  }
  return customers.at(-1);
}

function orders() {
  const next = random(19);
  return Array.from({ length: 360 + (day - 1) * 12 }, (_, i) => {
    const time = hoursAfter(start, ((i + next()) * firstDays * 24) / 360);
    const who = customer(next);
    const [product, category, price] = pick(next, goods);
    const quantity = 1 + Math.floor(next() ** 2 * 6);
    const discount = next() < 0.25 ? money(Math.round(price * quantity * 0.1)) : "";
    const first = next();
    const status = first < 0.88 ? "completed" : first < 0.95 ? "returned" : "cancelled";
    const isSentBack = status === "completed" && i < 360 && i % 17 === 0;
    return {
      order_id: `SO-${pad(i + 1, 6)}`,
      order_date: stamp(time).slice(0, 10),
      customer_id: who.id,
      // From summer on, one customer in twelve has another name; the newest one counts.
      customer_name: i >= 240 && Number(who.id.slice(2)) % 12 === 0 ? `${who.name} (new name)` : who.name,
      email: who.email,
      city: who.city,
      region: who.region,
      channel: pick(next, ["web", "web", "shop", "phone"]),
      product,
      category,
      quantity: String(quantity),
      unit_price: money(price),
      discount,
      status: day > 1 && isSentBack ? "returned" : status,
      updated_at: stamp(day > 1 && isSentBack ? hoursAfter(start, (firstDays + 1) * 24 + i) : hoursAfter(time, 1)),
    };
  });
}

const rows = orders();
const header = Object.keys(rows[0]);
writeFileSync(
  file,
  `${[header, ...rows.map((row) => header.map((name) => row[name]))].map((cells) => cells.map(cell).join(",")).join("\n")}\n`,
);
