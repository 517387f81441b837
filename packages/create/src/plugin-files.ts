/** The files of a new plugin's package: those of its kind, with its name in them, and those that all have. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type KindName, kinds } from "./kinds.ts";

/** Packages that every plugin is built and tested with. */
export const tools = { "@types/node": "24.19.2", typescript: "7.0.2", vitest: "5.1.1" };

const templates = fileURLToPath(new URL("../templates", import.meta.url));

/**
 * @param name without its prefix, such as "orders"
 * @returns paths with their texts, of which the first ones are those to look at
 * @example pluginFiles("rest", "orders")["src/tap-orders.ts"]
 */
export function pluginFiles(kind: KindName, name: string): Record<string, string> {
  const { folder, prefix } = kinds[kind];
  const plugin = prefix + name;
  const own = (file: string): string => named(readFileSync(join(templates, folder, file), "utf8"), plugin, name);
  const shared = (file: string): string => named(readFileSync(join(templates, "shared", file), "utf8"), plugin, name);
  const more = readdirSync(join(templates, folder)).filter(
    (file) => !["plugin.ts", "contract.ts", "README.md", "config.json"].includes(file),
  );
  return {
    [`src/${plugin}.ts`]: own("plugin.ts"),
    [`src/${plugin}.test.ts`]: own("contract.ts").replaceAll("./plugin.ts", `./${plugin}.ts`),
    "README.md": own("README.md"),
    "config.json": own("config.json"),
    ...Object.fromEntries(more.map((file) => [file, own(file)])),
    "package.json": `${JSON.stringify(manifest(kind, plugin), null, 2)}\n`,
    "tsconfig.json": shared("tsconfig.json"),
    ".github/workflows/test.yml": shared("test.yml"),
    ".gitignore": shared("gitignore"),
  };
}

/** The templates are code of a plugin called `example`. */
function named(text: string, plugin: string, name: string): string {
  const stream = name.replaceAll("-", "_");
  return text.replaceAll(/\b(tap|target|map)-example\b/g, plugin).replaceAll(/\bexample_rows\b/g, stream);
}

/** Our packages have one version. */
const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string };

function manifest(kind: KindName, plugin: string): object {
  const { needs, does } = kinds[kind];
  const what = plugin.startsWith("tap-") ? "tap" : plugin.startsWith("target-") ? "target" : "mapper";
  return {
    name: plugin,
    version: "0.1.0",
    description: `Singer ${what} that ${does}`,
    license: "Apache-2.0",
    type: "module",
    engines: { node: ">=22.13" },
    files: ["dist", "!dist/*.test.*"],
    bin: { [plugin]: `dist/${plugin}.js` },
    keywords: ["singer", what, "tapline-plugin"],
    tapline: { plugin },
    scripts: {
      prepare: "tsc",
      start: `tsc && node dist/${plugin}.js --config config.json`,
      test: "tsc && vitest run src --test-timeout 60000",
      readme: "tsc && vitest run src --update --test-name-pattern README",
    },
    dependencies: Object.fromEntries(needs.map((each) => [each, version])),
    devDependencies: { "@tapline/testing": version, ...tools },
  };
}
