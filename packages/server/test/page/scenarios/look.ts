/** Looks at every view: its heading and title are there, axe-core finds nothing, nothing is wider than the window. */
import type { Browser } from "playwright-core";
import { expect } from "vitest";
import { openPage, overflow, violations } from "../browser.ts";
import { viewsOf } from "../views.ts";
import { heading } from "./scenario.ts";

/** All that is wrong, a sentence each. */
export async function lookAtViews(browser: Browser, base: string, look: { width: number; theme: "light" | "dark" }): Promise<string[]> {
  const { page, problems } = await openPage(browser, base, look);
  const found: string[] = [];
  for (const view of await viewsOf(base)) {
    await page.goto(view.path);
    await heading(page, view.heading);
    await expect.poll(() => page.locator(".loading").count(), { timeout: 30_000 }).toBe(0);
    const shown = await page.getByRole("heading", { level: 1 }).textContent();
    // The title follows the heading.
    await expect.poll(() => page.title()).toMatch(`${shown} · `);
    for (const violation of await violations(page)) found.push(`${view.path}: ${violation}`);
    const over = await overflow(page);
    if (over > 0) found.push(`${view.path} is ${over} pixels wider than the window`);
  }
  await page.context().close();
  for (const line of [...found, ...problems]) console.log(line);
  return [...found, ...problems];
}
