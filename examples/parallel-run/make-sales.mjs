// The shop's file of sales as it is after some days: node make-sales.mjs sales.csv 4
// The last day is today, so that the days can be compared as they come. On the fourth day, or the last, a customer begins to bring things back.
import { writeFileSync } from "node:fs";

const [file, count = "7", of = "7"] = process.argv.slice(2);
const regions = ["north", "south", "east", "west"];
const customers = ["Ada", "Ben", "Cleo", "Dan", "Eve", "Finn", "Gus", "Hana"];
const lines = ["order_id,day,region,customer,quantity,unit_price"];
for (let day = 1; day <= Number(count); day++) {
  const date = new Date(Date.now() - (Number(of) - day) * 86_400_000).toISOString().slice(0, 10);
  for (let number = 1; number <= 12; number++) {
    const id = day * 100 + number;
    const isReturn = day >= Math.min(4, Number(of)) && number === 7;
    const quantity = isReturn ? -2 : 1 + ((id * 7) % 4);
    const price = (5 + ((id * 37) % 900) / 10).toFixed(2);
    lines.push([id, date, regions[id % 4], customers[(id * 5) % 8], quantity, price].join(","));
  }
}
writeFileSync(file, `${lines.join("\n")}\n`);
