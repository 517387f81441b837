#!/usr/bin/env node
import "@tapline/sdk/node-version";
import { answerAbout } from "@tapline/sdk/quick-start";

if (!answerAbout(new URL("../about.json", import.meta.url))) {
  const [{ runUtility }, { default: plugin, work }] = await Promise.all([import("@tapline/sdk"), import("../dist/index.js")]);
  await runUtility(plugin, work);
}
