/** `npm run build` and `npm ci` bundle the page with this program, after the compiler. */
import { bundlePage } from "./bundle-page.ts";

await bundlePage();
