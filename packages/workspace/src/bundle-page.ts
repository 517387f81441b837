/**
 * Bundles the page of the server into `packages/server/dist/page`: index.html, one script, one style sheet, the icon, the licences of what is
 * inside. Each build runs it, so that a clone and the published package have the page with nothing to build when it is used.
 */
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { licences } from "./licences.ts";
import { packagesIn } from "./packages-in.ts";
import { root } from "./repository.ts";

const source = join(root, "packages/server/page");

/** @throws Error where esbuild warns, or a package has no licence */
export async function bundlePage(outdir = join(root, "packages/server/dist/page")): Promise<void> {
  rmSync(outdir, { recursive: true, force: true });
  mkdirSync(outdir, { recursive: true });
  const { metafile, warnings } = await build({
    absWorkingDir: root,
    entryPoints: [
      { in: join(source, "main.tsx"), out: "page" },
      { in: join(source, "styles/page.css"), out: "page" },
    ],
    outdir,
    bundle: true,
    minify: true,
    format: "esm",
    // light-dark() and content-visibility, which the styles use, came with these.
    target: ["chrome123", "firefox125", "safari17.5"],
    // Licences are in a file of their own.
    legalComments: "none",
    tsconfig: join(source, "tsconfig.json"),
    metafile: true,
    logLevel: "silent",
  });
  if (warnings.length > 0) throw new Error(`esbuild warns about the page: ${warnings.map(({ text }) => text).join("; ")}`);
  for (const file of ["index.html", "icon.svg"]) copyFileSync(join(source, file), join(outdir, file));
  writeFileSync(join(outdir, "licences.txt"), licences(packagesIn(metafile)));
}
