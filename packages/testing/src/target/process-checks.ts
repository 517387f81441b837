/** A target as a program: its --about, how it refuses a bad config, whether its counts are true. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Check, temporaryFolder } from "../check.ts";
import { assertAbout, assertConfigError, summaries, wrongConfig } from "../events.ts";
import { orderProperties, orders, schema, state } from "./input.ts";
import { capabilitiesOf, TargetSession, type TargetUnderTest } from "./subject.ts";

export const processChecks: readonly Check<TargetUnderTest>[] = [
  {
    name: "--about is complete",
    async run(subject) {
      using folder = temporaryFolder();
      await using target = new TargetSession(subject, folder.path).startWith(["--about", "--format", "json"]);
      assertAbout(await target.ended());
    },
  },
  {
    name: "a bad config is refused with exit code 64 and an error with a hint",
    async run(subject) {
      using folder = temporaryFolder();
      const session = new TargetSession(subject, folder.path);
      await using about = session.startWith(["--about", "--format", "json"]);
      const { settings } = JSON.parse((await about.ended()).stdout);
      const config = wrongConfig(subject.config(folder.path), settings.properties);
      const path = join(folder.path, "wrong.json");
      writeFileSync(path, JSON.stringify(config));
      await using target = session.startWith(["--config", path]);
      target.end();
      assertConfigError(await target.ended(), config);
    },
  },
  {
    name: "--test passes where a load could begin, and changes no rows; or --about does not list it",
    async run(subject) {
      using folder = temporaryFolder();
      const session = new TargetSession(subject, folder.path);
      if (!(await capabilitiesOf(session)).includes("test")) return;
      for (const isLoaded of [false, true]) {
        await using target = session.start({}, ["--test"]);
        target.end();
        const { code, stdout, stderr } = await target.ended();
        assert.equal(code, 0, `--test ended with ${code}: ${stderr}`);
        assert.equal(stdout, "", "--test wrote to stdout, where only states are expected");
        if (isLoaded) assert.equal((await session.rows("orders")).length, 5, "--test changed rows");
        else await session.load(schema("orders", orderProperties, ["id"]) + orders(1, 5) + state(1));
      }
    },
  },
  {
    name: "its summary counts the rows that are really there",
    async run(subject) {
      using folder = temporaryFolder();
      const session = new TargetSession(subject, folder.path);
      const keyed = schema("orders", orderProperties, ["id"]);
      let before = 0;
      for (const input of [orders(1, 5) + orders(4, 6), orders(6, 9)]) {
        const { stderr } = await session.load(keyed + input + state(1));
        const after = (await session.rows("orders")).length;
        const summary = summaries(stderr).get("orders") as Record<string, number> | undefined;
        assert.ok(summary !== undefined, "there is no summary line for the stream on stderr");
        const { received = 0, loaded = 0, inserted, updated = 0, superseded = 0, rejected = 0, in_table } = summary;
        assert.equal(received, input.split("\n").length - 1, "received is not what was sent");
        assert.equal(received, loaded + superseded + rejected, "received is not loaded + superseded + rejected");
        assert.equal(loaded, (inserted ?? 0) + updated, "loaded is not inserted + updated");
        assert.equal(inserted, after - before, "inserted is not what the table grew by");
        assert.equal(in_table, after, "in_table is not what is in the table");
        before = after;
      }
    },
  },
];
