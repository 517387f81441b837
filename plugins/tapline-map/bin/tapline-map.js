#!/usr/bin/env node
// A published package runs from its bundle, which starts faster. A clone, which has the sources, runs what was compiled last;
// `npm test` sets TAPLINE_BUNDLES, so that it tests what is published.
import { existsSync } from "node:fs";

const fromBundle = process.env.TAPLINE_BUNDLES !== undefined || !existsSync(new URL("../src", import.meta.url));
await import(fromBundle ? "../bundle/tapline-map.js" : "../dist/main.js");
