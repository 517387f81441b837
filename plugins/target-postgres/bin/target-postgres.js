#!/usr/bin/env node
import "@tapline/sdk/node-version";

const [{ runTarget }, { default: plugin }] = await Promise.all([import("@tapline/sdk"), import("../dist/index.js")]);
await runTarget(plugin);
