/** A log of 10,000 lines: there at once, filtered by level, searched with marks, with the first error found, and downloaded whole. */
import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { violations } from "../browser.ts";
import { heading, inPage, type Scenario } from "./scenario.ts";

export async function readLongLog({ page, bars }: Scenario): Promise<void> {
  await page.goto("/runs?job=chatty");
  const run = await page.locator("tbody tr a").first().getAttribute("href");
  const start = Date.now();
  await page.goto(`${run}/log`);
  await heading(page, /^Log of run/);
  await page.getByText("page 9999 of the source was read").waitFor({ state: "attached" });
  const took = Date.now() - start;
  expect(await page.locator(".log .block > div").count()).toBeGreaterThanOrEqual(bars.log_lines);
  expect(took).toBeLessThan(bars.most_log_ms);

  await page.getByLabel("Search").fill("needle");
  await page.getByText("1 of 1 line").waitFor();
  expect(await page.locator("mark").allTextContents()).toEqual(["needle"]);
  expect(await violations(page)).toEqual([]);
  await page.getByLabel("Search").press("Enter");
  await expect.poll(() => inPage(page, isInWindow("mark"))).toBe(true);
  await page.getByLabel("Search").fill("");
  await inPage(page, "scrollTo(0, 0)");
  await page.getByRole("button", { name: "First error" }).click();
  await expect.poll(() => inPage(page, isInWindow(".log .bad-text"))).toBe(true);

  await page.getByLabel("Level").selectOption("error");
  await expect.poll(() => page.locator(".log .block > div").count()).toBe(1);
  expect(new URL(page.url()).searchParams.get("level")).toBe("error");
  const waiting = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download" }).click();
  const file = readFileSync((await (await waiting).path()) as string, "utf8");
  expect(file.split("\n").length).toBeGreaterThanOrEqual(bars.log_lines);
}

const isInWindow = (selector: string): string =>
  `(() => { const { top, bottom } = document.querySelector(${JSON.stringify(selector)}).getBoundingClientRect(); return top >= 0 && bottom <= innerHeight; })()`;
