#!/usr/bin/env node
// `npm create tapline tap-orders`. Plain JavaScript, so that an old Node gets a sentence instead of a syntax error.
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 13)) {
  console.error(`create-tapline needs Node.js 22.13 or newer, and this is ${process.version} (${process.execPath}).
  what to do: install a newer Node.js`);
  process.exit(2);
}
const { main } = await import("../dist/main.js");
process.exitCode = main(process.argv.slice(2), process.cwd());
