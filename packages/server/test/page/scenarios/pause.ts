/** A job is paused with a reason, which the list of pipelines says, and resumed. */
import { expect } from "vitest";
import { violations } from "../browser.ts";
import type { Scenario } from "./scenario.ts";

export async function pauseAndResume({ page }: Scenario): Promise<void> {
  await page.goto("/");
  await page.getByRole("button", { name: "Pause shop" }).click();
  await page.getByLabel("Reason").fill("the shop moves");
  expect(await violations(page)).toEqual([]);
  await page.getByRole("dialog").getByRole("button", { name: "Pause" }).click();
  await page.getByText("Paused: the shop moves.").waitFor();
  await page.goto("/jobs/shop");
  await page.getByRole("region", { name: "Why it does not run" }).getByText("Paused: the shop moves.").waitFor();
  // Beside it stands why the last run failed, with its place.
  const failed = page.getByRole("region", { name: "Why it failed" });
  expect(await failed.textContent()).toMatch(/A quote opens here and is never closed.*orders-3\.csv/);
  await page.getByRole("button", { name: "Resume shop" }).click();
  await page.getByText("Nothing holds it").waitFor();
}
