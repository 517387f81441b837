/** `npm run bundle` bundles all plugins; in the folder of a plugin, as in its `prepack`, this program bundles that one. */
import { relative } from "node:path";
import { bundledPlugins, bundlePlugin } from "./bundle.ts";
import { root } from "./repository.ts";

const here = relative(root, process.cwd());
for (const plugin of here === "" ? bundledPlugins() : [here]) await bundlePlugin(plugin);
