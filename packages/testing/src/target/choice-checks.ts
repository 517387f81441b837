/** What a target does where the user, or the tap, chose something else: rejects, overwrite, versions. */
import assert from "node:assert/strict";
import { type Check, temporaryFolder } from "../check.ts";
import { events, summaries } from "../events.ts";
import { assertRows } from "../rows.ts";
import { activate, orderProperties, orderRows, orderSchema, orders, records, schema, state, statesIn, versioned } from "./input.ts";
import { Place, type TargetUnderTest } from "./subject.ts";

const misfit = records("orders", [{ id: "no number", item: "misfit" }]);
const keyed = schema("orders", orderProperties, ["id"]);

async function capabilities(place: Place): Promise<readonly string[]> {
  await using about = place.startWith(["--about", "--format", "json"]);
  return (JSON.parse((await about.ended()).stdout) as { capabilities: string[] }).capabilities;
}

const takes = (subject: TargetUnderTest, method: "upsert" | "overwrite"): boolean =>
  subject.loadMethods?.includes(method) ?? method !== "overwrite";

export const choiceChecks: readonly Check<TargetUnderTest>[] = [
  {
    name: "on_error reject: a row that does not fit is kept apart with its reason, or the choice is refused",
    async run(subject) {
      using folder = temporaryFolder();
      const place = new Place(subject, folder.path);
      const input = orderSchema() + orders(1, 3) + misfit + orders(4, 5) + state(1);
      const { code, stderr, stdout } = await place.tryToLoad(input, { on_error: "reject" });
      if (!(await capabilities(place)).includes("rejects")) {
        assert.ok(code !== 0, "it takes on_error: reject, and --about does not list rejects");
        assert.deepEqual(statesIn(stdout), []);
        return;
      }
      assert.equal(code, 0, `it ended with ${code}`);
      assertRows(await place.rows("orders"), orderRows(1, 5), orderProperties);
      const kept = await place.rows("orders__rejects");
      assert.deepEqual(
        kept.map(({ stream, record }) => [stream, JSON.parse(String(record))]),
        [["orders", { id: "no number", item: "misfit" }]],
        "the rows that were kept apart",
      );
      for (const field of ["code", "reason"]) assert.ok(String(kept[0]?.[field] ?? "") !== "", `a row that was kept apart has no ${field}`);
      const { received, loaded, rejected, rejects } = summaries(stderr).get("orders") ?? {};
      assert.deepEqual({ received, loaded, rejected }, { received: 6, loaded: 5, rejected: 1 });
      assert.ok(typeof rejects === "string" && rejects !== "", "its summary does not name where rejected rows are");
    },
  },
  {
    name: "a row that does not fit ends the load where nothing else was chosen",
    async run(subject) {
      using folder = temporaryFolder();
      const place = new Place(subject, folder.path);
      const { code, stdout } = await place.tryToLoad(orderSchema() + orders(1, 3) + misfit + state(1));
      assert.ok(code !== 0 && code !== null, `it ended with ${code}`);
      assert.deepEqual(statesIn(stdout), [], "it told a STATE behind a row it did not take");
      assertRows(await place.rowsOrNone("orders"), [], orderProperties);
    },
  },
  {
    name: "overwrite: the rows of a whole input are all there is, and a broken one changes nothing",
    appliesTo: (subject) => takes(subject, "overwrite"),
    async run(subject) {
      using folder = temporaryFolder();
      const place = new Place(subject, folder.path);
      const method = { load_method: "overwrite" };
      await place.load(keyed + orders(1, 50) + state(1));
      const broken = await place.tryToLoad(`${keyed + orders(40, 60) + state(2)}no message\n`, method);
      assert.ok(broken.code !== 0);
      assert.deepEqual(statesIn(broken.stdout), [], "it told a STATE of rows that are not there");
      assertRows(await place.rows("orders"), orderRows(1, 50), orderProperties, "rows after a broken input");
      await place.load(keyed + orders(40, 50) + state(2) + orders(50, 60) + state(3), method);
      assertRows(await place.rows("orders"), orderRows(40, 60), orderProperties);
    },
  },
  {
    name: "ACTIVATE_VERSION is acted on behind the stream's rows, or warned of and without effect",
    async run(subject) {
      using folder = temporaryFolder();
      const place = new Place(subject, folder.path);
      const known = await capabilities(place);
      await place.load(keyed + versioned("orders", 1, orderRows(1, 4)) + activate("orders", 1) + state(1));
      const next = keyed + activate("orders", 2) + versioned("orders", 2, orderRows(3, 5)) + activate("orders", 2) + state(2);
      const { stderr } = await place.load(next, known.includes("hard-delete") ? { hard_delete: true } : {});
      const isWarned = events(stderr).some((event) => JSON.stringify(event).includes("ACTIVATE_VERSION"));
      if (known.includes("activate-version")) assert.ok(!isWarned, "it warns of a message it acts on");
      else assert.ok(isWarned, "it neither acts on ACTIVATE_VERSION nor warns of it");
      if (!takes(subject, "upsert")) return;
      assertRows(await place.rows("orders"), orderRows(known.includes("hard-delete") ? 3 : 1, 5), orderProperties);
    },
  },
];
