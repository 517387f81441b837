/** No mouse: the skip link, views by letters, rows by j and k, search, bars of a strip by arrows, dialogs, and the keys turned off. */
import { expect } from "vitest";
import { violations } from "../browser.ts";
import { heading, inPage, type Scenario } from "./scenario.ts";

export async function onlyKeys({ page }: Scenario): Promise<void> {
  const { keyboard } = page;
  const focused = (): Promise<string> => inPage(page, "document.activeElement.textContent.trim() || document.activeElement.tagName");
  await page.goto("/");
  await heading(page, "Pipelines");
  await page.locator(".pipeline").first().waitFor();
  await keyboard.press("Tab");
  expect(await focused()).toBe("Skip to the view");
  await keyboard.press("Enter");
  await keyboard.press("Tab");
  expect(await focused()).toBe(await page.locator(".pipeline h2 a").first().textContent());
  await keyboard.press("Tab");
  expect(await inPage(page, "document.activeElement.closest('.strip') !== null")).toBe(true);
  // The newest bar of a strip, and the one before it.
  await page.goto("/jobs/shop");
  await page.locator(".strip a[tabindex='0']").focus();
  const newest = await inPage(page, "document.activeElement.getAttribute('href')");
  await keyboard.press("ArrowLeft");
  const older = await inPage(page, "document.activeElement.getAttribute('href')");
  expect(older).toMatch(/^\/runs\//);
  expect(older).not.toBe(newest);

  await keyboard.type("gr");
  await heading(page, "Runs");
  await page.locator("tbody tr").first().waitFor();
  await keyboard.type("jj");
  await keyboard.type("k");
  await keyboard.press("Enter");
  await heading(page, /: run /);
  await page.goBack();
  await heading(page, "Runs");
  await page.goForward();
  await heading(page, /: run /);

  await keyboard.type("gf");
  await heading(page, "Files");
  await page.getByRole("searchbox").waitFor();
  await keyboard.type("/");
  await keyboard.type("orders-2");
  await expect.poll(() => page.locator("tbody tr").count()).toBe(1);

  await page.locator("main").focus();
  await keyboard.press("?");
  await page.getByRole("dialog", { name: "Keys" }).waitFor();
  expect(await violations(page)).toEqual([]);
  await page.getByLabel("These keys are on").press("Space");
  await keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await keyboard.type("gp");
  await page.waitForTimeout(300);
  await heading(page, "Files");
  await inPage(page, "localStorage.clear()");
}
