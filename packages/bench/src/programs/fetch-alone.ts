/** The least that reading an API takes: fetch, JSON.parse and JSON.stringify of each record. `node fetch-alone.js URL PAGES`. */
import { writeSync } from "node:fs";

const [url, pages] = process.argv.slice(2);
for (let page = 1; page <= Number(pages); page++) {
  const response = await fetch(`${url}?page=${page}`);
  const { data } = JSON.parse(await response.text()) as { data: unknown[] };
  let text = "";
  for (const record of data) text += `${JSON.stringify(record)}\n`;
  writeSync(1, text);
}
