/** The command of `npm create tapline`: it makes a plugin without tapline being installed. */
import { parseArgs } from "node:util";
import { type KindName, kinds, namePattern, type TapKind, tapKinds } from "./kinds.ts";
import { makePlugin, nextSteps } from "./make-plugin.ts";

const list = Object.entries(kinds).map(([kind, { prefix, does }]) => {
  const flag = kind in tapKinds ? `  -- --kind ${kind}` : "";
  return `  npm create tapline@latest ${`${prefix}orders${flag}`.padEnd(30)} ${does}`;
});

const help = `Makes the package of a plugin in a folder of its own: one source file, a contract test that passes, a README with its settings, and a
file for CI. The start of the name says what it is: tap-, target- or map- (a mapper).

${list.join("\n")}

Without --kind, a tap reads an API.
`;

/** Returns the exit code: 0, or 2 where nothing was made. */
export function main(args: readonly string[], folder: string): number {
  const given = readArguments(args);
  if (typeof given === "string") {
    process.stderr.write(`${given}\n\n${help}`);
    return 2;
  }
  if (given === undefined) {
    process.stdout.write(help);
    return 0;
  }
  try {
    const { plugin, files } = makePlugin(folder, given.kind, given.name);
    if (files.length === 0) {
      process.stderr.write(`There is already a ${plugin} here, so nothing was changed. Choose another name, or remove it.\n`);
      return 2;
    }
    process.stdout.write(`${files.map((path) => `created  ${path}\n`).join("")}\n${nextSteps(plugin)}`);
    return 0;
  } catch (error) {
    process.stderr.write(`The files can't be written: ${(error as Error).message}\n`);
    return 2;
  }
}

/** A text: what is wrong. undefined: help was asked for. */
function readArguments(args: readonly string[]): { kind: KindName; name: string } | string | undefined {
  let parsed: { values: { kind?: string | undefined; help?: boolean | undefined }; positionals: string[] };
  try {
    const options = { kind: { type: "string" }, help: { type: "boolean", short: "h" } } as const;
    parsed = parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    return (error as Error).message;
  }
  const { values, positionals } = parsed;
  if (values.help) return undefined;
  const [whole, ...others] = positionals;
  if (whole === undefined || others.length > 0) return "Give one name, such as tap-orders.";
  const [, what = "", name = ""] = /^(tap|target|map)-(.+)$/.exec(whole) ?? [];
  if (!namePattern.test(name))
    return `${JSON.stringify(whole)} is no name of a plugin: small letters, digits and dashes, after tap-, target- or map-.`;
  if (what !== "tap") {
    if (values.kind !== undefined) return `--kind is for taps, and ${whole} is none.`;
    return { kind: what === "map" ? "mapper" : "target", name };
  }
  const { kind = "rest" } = values;
  if (!Object.hasOwn(tapKinds, kind)) return `--kind is one of ${Object.keys(tapKinds).join(", ")}, not ${kind}.`;
  return { kind: kind as TapKind, name };
}
