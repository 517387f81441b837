// Runs the example with copies of the exports, so that those in exports/ stay where they are.
// node demo.mjs [--dbt] [--serve]: see README.md.
import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";

const { values } = parseArgs({ options: { dbt: { type: "boolean" }, serve: { type: "boolean" } } });
const here = import.meta.dirname;
const tapline = join(here, "../../packages/cli/bin/tapline.js");
const inbox = join(here, "output/inbox");
// Ctrl-C reaches tapline too, which then ends cleanly.
process.on("SIGINT", () => {});

mkdirSync(inbox, { recursive: true });
for (const name of readdirSync(join(here, "exports"))) copyFileSync(join(here, "exports", name), join(inbox, name));
console.log("Copied the exports to examples/quickbooks/output/inbox.");

if (values.dbt) await call("dbt", "install");
await call("run", values.dbt ? "quickbooks" : "load");
if (values.serve) await call("serve");
else console.log("\nMore: npm run demo -- --dbt transforms the data too (needs Python), npm run demo -- --serve shows the page.");

async function call(...args) {
  console.log(`\n$ tapline ${args.join(" ")}`);
  const child = spawn(process.execPath, [tapline, ...args], { cwd: here, stdio: "inherit" });
  const code = await new Promise((resolve, reject) => child.once("error", reject).once("close", resolve));
  if (code !== 0) process.exit(code ?? 1);
}
