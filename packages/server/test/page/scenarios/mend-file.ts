/** From the page alone: which file could not be loaded, where and why, which came twice; and once it is corrected, no row is missing or double. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { heading, type Scenario } from "./scenario.ts";

export async function mendFile({ page, folder }: Scenario): Promise<void> {
  await page.goto("/files");
  const row = (file: string) => page.locator("tbody tr", { hasText: file }).first();
  await row("inbox/orders-3.csv").getByText("failed").waitFor();
  await row("inbox/orders-1-copy.csv").getByText("duplicate", { exact: true }).waitFor();
  await row("inbox/notes.txt").getByText("of no stream").waitFor();
  await page.getByText("tapline files retry tap-inbox inbox/orders-3.csv").waitFor();
  await row("inbox/orders-3.csv").getByRole("link").click();
  await heading(page, /^shop: run/);
  const box = page.locator(".box.bad").first();
  await box.getByText("A quote opens here and is never closed").waitFor();
  expect(await box.locator("dd").allTextContents()).toEqual(expect.arrayContaining(["inbox/orders-3.csv", "2"]));

  writeFileSync(join(folder, "inbox", "orders-3.csv"), "id,customer,status,total,updated\n301,1,open,1.00,2026-01-03\n");
  await page.goto("/jobs/shop");
  await page.getByRole("button", { name: "Run now" }).click();
  await heading(page, /^shop: run/);
  await page.getByText("1 row loaded").waitFor();
  await page.getByRole("link", { name: "orders", exact: true }).click();
  await heading(page, "orders");
  // 50 of each of two days, and this one. The row without a key was rejected.
  await expect.poll(() => page.locator(".figures dd").allTextContents()).toEqual(["1", "1", "0", "101"]);
  await page.goto("/files?search=orders-3");
  await expect.poll(() => page.locator("tbody tr", { hasText: "loaded" }).count(), { timeout: 30_000 }).toBe(1);
}

export async function findNoRun({ page }: Scenario): Promise<void> {
  await page.goto("/runs/20200101T000000Z-00000000");
  await heading(page, "Run 20200101T000000Z-00000000");
  await page.getByRole("alert").waitFor();
}
