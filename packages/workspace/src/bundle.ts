/**
 * Bundles the executables of plugins: `bundle/` of a package has one file per executable, a few that it loads only when needed, and source
 * maps. npm runs this before it packs a plugin (`prepack`). It bundles what `tsc -b` compiled. A clone runs a bundle only where
 * TAPLINE_BUNDLES is set.
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { build, type Plugin } from "esbuild";
import { licences } from "./licences.ts";
import { packagesIn } from "./packages-in.ts";
import { manifest, root, workspaces } from "./repository.ts";

/** The folders of the packages that are published with a bundle, relative to the root. */
export const bundledPlugins = (): string[] => workspaces().filter((workspace) => manifest(workspace).files?.includes("bundle"));

/**
 * Writes the bundle of a plugin: a file `<executable>.js`, what it imports, and the licences of what it contains.
 * @param workspace its folder, relative to the root
 * @throws Error where esbuild warns, a file uses `import.meta.url` in another folder, or a package has no licence
 */
export async function bundlePlugin(workspace: string, outdir = join(root, workspace, "bundle")): Promise<void> {
  const { bin = {}, dependencies = {} } = manifest(workspace);
  const folder = join(root, workspace);
  rmSync(outdir, { recursive: true, force: true });
  const { metafile, warnings } = await build({
    absWorkingDir: root,
    entryPoints: Object.values(bin).map((path) => ({ in: join(folder, "dist/main.js"), out: basename(path, ".js") })),
    outdir,
    bundle: true,
    splitting: true,
    platform: "node",
    format: "esm",
    target: "node22.13",
    sourcemap: true,
    sourcesContent: false,
    // npm installs these beside the plugin. What other packages of ours need, such as Ajv and pg, is bundled.
    external: Object.keys(dependencies).filter((name) => !name.startsWith("@tapline/")),
    // CommonJS packages in the bundle, such as pg, load modules of Node.
    banner: {
      js: 'import { createRequire as createBundleRequire } from "node:module";\nconst require = createBundleRequire(import.meta.url);',
    },
    plugins: [requires(join(folder, "dist"))],
    metafile: true,
    logLevel: "silent",
  });
  if (warnings.length > 0) throw new Error(`esbuild warns about ${workspace}: ${warnings.map(({ text }) => text).join("; ")}`);
  writeFileSync(join(outdir, "licences.txt"), licences(packagesIn(metafile)));
}

/** Turns `createRequire(import.meta.url)("x")`, which loads x only when it is needed, into a call that esbuild bundles and that stays lazy. */
function requires(dist: string): Plugin {
  return {
    name: "requires",
    setup({ onLoad }) {
      onLoad({ filter: /\/(packages|plugins)\/[^/]+\/dist\/.*\.js$/ }, ({ path }) => {
        const contents = readFileSync(path, "utf8").replaceAll(/\bcreateRequire\(import\.meta\.url\)\((["'][^"']+["'])\)/g, "require($1)");
        // The bundle is in one folder below the package, like the files directly in dist. Elsewhere the URL would be another one.
        if (/^(?! *\*).*import\.meta\.url/m.test(contents) && join(path, "..") !== dist)
          throw new Error(`${path} uses import.meta.url, which is another URL in a bundle: use it in a file directly in src`);
        return { contents, loader: "js" };
      });
    },
  };
}
