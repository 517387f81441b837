#!/usr/bin/env node
// A published package runs from its bundle, which starts faster. A clone, which has the sources, runs what was compiled last.
import { existsSync } from "node:fs";

const isClone = existsSync(new URL("../src", import.meta.url));
await import(isClone ? "../dist/main.js" : "../bundle/tap-duckdb.js");
