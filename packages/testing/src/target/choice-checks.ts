/** What a target does when the user or the tap asks for more than the default: rejects, overwrite, versions. */
import assert from "node:assert/strict";
import type { JsonSchema, Row } from "@tapline/protocol";
import { type Check, temporaryFolder } from "../check.ts";
import { events, summaries } from "../events.ts";
import { assertRows } from "../rows.ts";
import {
  activate,
  orderProperties,
  orderRows,
  orderSchema,
  orders,
  partialRecord,
  records,
  replaceSource,
  schema,
  state,
  statesIn,
  versioned,
} from "./input.ts";
import { capabilitiesOf, TargetSession, type TargetUnderTest } from "./subject.ts";

const misfit = records("orders", [{ id: "no number", item: "misfit" }]);
const keyed = schema("orders", orderProperties, ["id"]);

const takes = (subject: TargetUnderTest, method: "upsert" | "overwrite"): boolean =>
  subject.loadMethods?.includes(method) ?? method !== "overwrite";

export const choiceChecks: readonly Check<TargetUnderTest>[] = [
  {
    name: "on_error reject: a row that does not fit is stored as a reject with its reason, or the setting is refused",
    async run(subject) {
      using folder = temporaryFolder();
      const session = new TargetSession(subject, folder.path);
      const input = orderSchema() + orders(1, 3) + misfit + orders(4, 5) + state(1);
      const { code, stderr, stdout } = await session.tryToLoad(input, { on_error: "reject" });
      if (!(await capabilitiesOf(session)).includes("rejects")) {
        assert.ok(code !== 0, "it accepts on_error: reject, but --about does not list rejects");
        assert.deepEqual(statesIn(stdout), []);
        return;
      }
      assert.equal(code, 0, `the target ended with ${code}`);
      assertRows(await session.rows("orders"), orderRows(1, 5), orderProperties);
      const kept = await session.rows("orders__rejects");
      assert.deepEqual(
        kept.map(({ stream, record }) => [stream, JSON.parse(String(record))]),
        [["orders", { id: "no number", item: "misfit" }]],
        "the rejected rows",
      );
      for (const field of ["code", "reason"]) assert.ok(String(kept[0]?.[field] ?? "") !== "", `a rejected row has no ${field}`);
      const { received, loaded, rejected, rejects } = summaries(stderr).get("orders") ?? {};
      assert.deepEqual({ received, loaded, rejected }, { received: 6, loaded: 5, rejected: 1 });
      assert.ok(typeof rejects === "string" && rejects !== "", "its summary does not name the table of rejected rows");
    },
  },
  {
    name: "a row that does not fit ends the load by default",
    async run(subject) {
      using folder = temporaryFolder();
      const session = new TargetSession(subject, folder.path);
      const { code, stdout } = await session.tryToLoad(orderSchema() + orders(1, 3) + misfit + state(1));
      assert.ok(code !== 0 && code !== null, `the target ended with ${code}`);
      assert.deepEqual(statesIn(stdout), [], "it emitted a STATE after a row it refused");
      assertRows(await session.rowsOrNone("orders"), [], orderProperties);
    },
  },
  {
    name: "overwrite: after a whole input the table has its rows and no others; a broken input changes nothing",
    appliesTo: (subject) => takes(subject, "overwrite"),
    async run(subject) {
      using folder = temporaryFolder();
      const session = new TargetSession(subject, folder.path);
      const method = { load_method: "overwrite" };
      await session.load(keyed + orders(1, 50) + state(1));
      const broken = await session.tryToLoad(`${keyed + orders(40, 60) + state(2)}no message\n`, method);
      assert.ok(broken.code !== 0);
      assert.deepEqual(statesIn(broken.stdout), [], "it emitted a STATE whose rows are not there");
      assertRows(await session.rows("orders"), orderRows(1, 50), orderProperties, "rows after a broken input");
      await session.load(keyed + orders(40, 50) + state(2) + orders(50, 60) + state(3), method);
      assertRows(await session.rows("orders"), orderRows(40, 60), orderProperties);
    },
  },
  {
    name: "ACTIVATE_VERSION acts after the stream's rows, or it has no effect and there is a warning",
    async run(subject) {
      using folder = temporaryFolder();
      const session = new TargetSession(subject, folder.path);
      const known = await capabilitiesOf(session);
      await session.load(keyed + versioned("orders", 1, orderRows(1, 4)) + activate("orders", 1) + state(1));
      const next = keyed + activate("orders", 2) + versioned("orders", 2, orderRows(3, 5)) + activate("orders", 2) + state(2);
      const { stderr } = await session.load(next, known.includes("hard-delete") ? { hard_delete: true } : {});
      const isWarned = events(stderr).some((event) => JSON.stringify(event).includes("ACTIVATE_VERSION"));
      if (known.includes("activate-version")) assert.ok(!isWarned, "it warns of a message that it acts on");
      else assert.ok(isWarned, "it neither acts on ACTIVATE_VERSION nor warns of it");
      if (!takes(subject, "upsert")) return;
      assertRows(await session.rows("orders"), orderRows(known.includes("hard-delete") ? 3 : 1, 5), orderProperties);
    },
  },
  {
    name: "a RECORD with unchanged keeps what the row has there, or it is refused",
    async run(subject) {
      using folder = temporaryFolder();
      const session = new TargetSession(subject, folder.path);
      const properties: Record<string, JsonSchema> = { ...orderProperties, size: { type: ["null", "integer"] } };
      const sized = schema("orders", properties, ["id"]);
      const rows = orderRows(1, 2).map((row) => ({ ...row, size: 7 }));
      await session.load(sized + records("orders", rows) + state(1));
      const input = sized + partialRecord("orders", { id: 1, size: 8 }, ["item"]) + state(2);
      const { code, stdout } = await session.tryToLoad(input);
      if ((await capabilitiesOf(session)).includes("partial-records")) {
        assert.equal(code, 0, `the target ended with ${code}`);
        assertRows(await session.rows("orders"), [{ ...rows[0], size: 8 }, rows[1] as Row], properties);
        return;
      }
      assert.ok(code !== 0, "it takes the record, but --about does not list partial-records");
      assert.deepEqual(statesIn(stdout), []);
      assertRows(await session.rows("orders"), rows, properties);
    },
  },
  {
    name: "REPLACE_SOURCE replaces the source's rows, all or none also when the target is killed, or it is refused",
    async run(subject) {
      using folder = temporaryFolder();
      const session = new TargetSession(subject, folder.path);
      const input = orderSchema() + replaceSource("orders", "item", "item 2") + records("orders", [{ id: 7, item: "item 2" }]);
      await session.load(orderSchema() + orders(1, 3) + state(1));
      if (!(await capabilitiesOf(session)).includes("replace-source")) {
        const { code, stdout } = await session.tryToLoad(input + state(2));
        assert.ok(code !== 0, "it takes REPLACE_SOURCE, but --about does not list replace-source");
        assert.deepEqual(statesIn(stdout), []);
        return;
      }
      {
        await using target = session.startPromptly({ batch_max_bytes: 1 });
        target.write(orderSchema() + orders(4, 4) + state(2));
        await target.lines(1);
        target.write(input);
        await target.flushed();
        target.kill("SIGKILL");
        await target.ended();
      }
      assertRows(await session.rows("orders"), orderRows(1, 4), orderProperties, "rows after it was killed");
      await session.load(input + state(3));
      const kept = orderRows(1, 4).filter(({ id }) => id !== 2);
      assertRows(await session.rows("orders"), [...kept, { id: 7, item: "item 2" }], orderProperties);
    },
  },
];
