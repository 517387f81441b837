/** A store that fails at the end of a run: the process lives on, and the next run of the same state id must start. */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { openProject } from "../src/project/project.ts";
import { openStore } from "../src/state/open-store.ts";
import { bookmarkAt, makeProject, run, stateId } from "./fixture-project.ts";

/** The store refuses every change of a run that matches, until the function that is returned is called. */
function refuseChanges(folder: string, when: string): () => void {
  const change = (sql: string): void => {
    using database = new DatabaseSync(join(folder, ".tapline", "tapline.db"));
    database.exec(sql);
  };
  change(`CREATE TRIGGER refused BEFORE UPDATE ON runs WHEN ${when} BEGIN SELECT RAISE(ABORT, 'no room'); END`);
  return () => change("DROP TRIGGER refused");
}

test.each([
  ["its end", "NEW.status <> 'running'"],
  ["where it starts from and its end", "1"],
])("a run for which the store could not record %s does not keep the next one out", async (_what, when) => {
  const project = makeProject({ rows: 20, state_every: 10 });
  await run(project);
  const accept = refuseChanges(project.folder, when);
  await expect(run(project)).rejects.toMatchObject({ code: "store_unusable" });
  accept();
  const { result } = await run(project);
  expect(result).toMatchObject({ status: "done", stateAfter: JSON.stringify(bookmarkAt(20)) });
  await using store = await openStore(openProject(project.folder), "dev");
  expect((await store.history(stateId)).map(({ status }) => status)).toEqual(["done", "crashed", "done"]);
});
