#!/usr/bin/env node
import "@tapline/sdk/node-version";

const [{ runTap }, { default: plugin }] = await Promise.all([import("@tapline/sdk"), import("../dist/index.js")]);
await runTap(plugin);
