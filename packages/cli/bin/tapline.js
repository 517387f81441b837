#!/usr/bin/env node
// Starts the tapline command. Plain JavaScript, so that an old Node gets a sentence instead of a syntax error.
import module from "node:module";

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 13)) {
  console.error(`tapline needs Node.js 22.13 or newer, and this is ${process.version} (${process.execPath}).
  what to do: install a newer Node.js, or add one to this project with npm install node@24 and then type npx tapline`);
  process.exit(2);
}
// A reader that leaves early (`| head`) is no reason for a stack trace.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
// Compiled code is kept between starts, in the temporary folder.
module.enableCompileCache();
const { answerAtOnce } = await import("../dist/at-once.js");
if (!(await answerAtOnce(process.argv.slice(2)))) {
  const { start } = await import("../dist/index.js");
  await start(import.meta.url);
}
