/** Import it first in every executable: where Node is too old, it prints what to do and exits with 64, before other code fails in some odd way. */
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 13)) {
  const name = (process.argv[1] ?? "").split(/[\\/]/).at(-1)?.replace(/\.js$/, "") ?? "tapline";
  process.stderr.write(`${name} needs Node.js 22.13 or newer, and this is ${process.version} (${process.execPath}).
  what to do: install a newer Node.js, or add one to this project with npm install node@24 and then type npx ${name}\n`);
  process.exit(64);
}

export {};
