/** A back-fill as a grid: a cell for each month, and the run behind it. */
import { expect } from "vitest";
import { heading, type Scenario } from "./scenario.ts";

export async function seeBackfill({ page }: Scenario): Promise<void> {
  await page.goto("/");
  await heading(page, "Pipelines");
  await page.keyboard.type("gb");
  await heading(page, "Back-fills");
  await page.getByText("3 of 3 months done, 3 rows.").waitFor();
  const cells = page.locator(".cells a");
  const titles = await cells.evaluateAll((all) => all.map((cell) => cell.getAttribute("title")));
  expect(titles).toEqual(["2026-01: succeeded, 2 rows", "2026-02: succeeded, 0 rows", "2026-03: succeeded, 1 row"]);
  await cells.first().click();
  await heading(page, /: run /);
  await page.getByText(/by backfill .*, 2026-01/).waitFor();
}
