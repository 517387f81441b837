/** A target as a program: what it says about itself, how it refuses a bad config, whether its counts are true. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Check, temporaryFolder } from "../check.ts";
import { assertAbout, assertConfigError, summaries, wrongConfig } from "../events.ts";
import { orderProperties, orders, schema, state } from "./input.ts";
import { Place, type TargetUnderTest } from "./subject.ts";

export const processChecks: readonly Check<TargetUnderTest>[] = [
  {
    name: "--about says all there is to know",
    async run(subject) {
      using folder = temporaryFolder();
      await using target = new Place(subject, folder.path).startWith(["--about", "--format", "json"]);
      assertAbout(await target.ended());
    },
  },
  {
    name: "a bad config is refused with exit code 64 and an error that says what to do",
    async run(subject) {
      using folder = temporaryFolder();
      const place = new Place(subject, folder.path);
      await using about = place.startWith(["--about", "--format", "json"]);
      const { settings } = JSON.parse((await about.ended()).stdout);
      const config = wrongConfig(subject.config(folder.path), settings.properties);
      const path = join(folder.path, "wrong.json");
      writeFileSync(path, JSON.stringify(config));
      await using target = place.startWith(["--config", path]);
      target.end();
      assertConfigError(await target.ended(), config);
    },
  },
  {
    name: "its summary counts what is really there",
    async run(subject) {
      using folder = temporaryFolder();
      const place = new Place(subject, folder.path);
      const keyed = schema("orders", orderProperties, ["id"]);
      let before = 0;
      for (const input of [orders(1, 5) + orders(4, 6), orders(6, 9)]) {
        const { stderr } = await place.load(keyed + input + state(1));
        const after = (await place.rows("orders")).length;
        const told = summaries(stderr).get("orders") as Record<string, number> | undefined;
        assert.ok(told !== undefined, "there is no summary line of the stream on stderr");
        const { received = 0, loaded = 0, inserted, updated = 0, superseded = 0, rejected = 0, in_table } = told;
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
