/** A run at work: its rows grow on the page, it is cancelled after a question, and a retry goes on from its bookmark. */
import { expect } from "vitest";
import { violations } from "../browser.ts";
import { heading, inPage, type Scenario } from "./scenario.ts";

export async function followLiveRun({ page, bars }: Scenario): Promise<void> {
  await page.goto("/");
  await heading(page, "Pipelines");
  await page.getByRole("button", { name: "Run now: slow" }).click();
  await page.getByText(/^Started slow as run/).waitFor();
  await page.getByRole("link", { name: "slow", exact: true }).click();
  await heading(page, "slow");
  await page
    .getByRole("link", { name: /running/ })
    .first()
    .click();
  const row = page.locator(".live tbody tr").first();
  await row.waitFor();
  expect(await row.locator("td").first().textContent()).toBe("items");
  expect(await violations(page)).toEqual([]);
  // Each change of the count of rows sent, with its time.
  const changes = await inPage<[number, number][]>(
    page,
    `new Promise((resolve) => {
      const changes = [];
      const look = () => {
        const rows = Number(document.querySelector(".live tbody td.number")?.textContent.replaceAll(",", ""));
        if (rows !== changes.at(-1)?.[1]) changes.push([performance.now(), rows]);
      };
      const timer = setInterval(look, 20);
      setTimeout(() => { clearInterval(timer); resolve(changes); }, 6000);
    })`,
  );
  const gaps = changes.slice(1).map(([time], index) => time - (changes[index]?.[0] ?? 0));
  const middle = [...gaps].sort((a, b) => a - b)[Math.floor(gaps.length / 2)];
  expect(gaps.length).toBeGreaterThan(5);
  expect(changes.every(([, rows], index) => index === 0 || rows > (changes[index - 1]?.[1] ?? 0))).toBe(true);
  expect(middle).toBeLessThan(bars.most_live_gap_ms);
  expect(await row.locator("td").nth(4).textContent()).toMatch(/^\d[\d,]*$/);
}

export async function cancelAndRetry({ page }: Scenario): Promise<void> {
  await page.goto("/runs?status=running");
  await page.locator("tbody tr a").first().click();
  await heading(page, /^slow: run/);
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("button", { name: "Leave it" }).click();
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("button", { name: "Cancel the run" }).click();
  await page.getByRole("heading", { name: "The run stopped" }).waitFor();
  const stopped = await page.getByRole("heading", { level: 1 }).textContent();
  await page.getByRole("button", { name: "Retry" }).click();
  await page.locator(".live tbody tr").first().waitFor();
  const again = await page.getByRole("heading", { level: 1 }).textContent();
  expect(again).not.toBe(stopped);
  await page.getByText("by retry of").waitFor();
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("button", { name: "Cancel the run" }).click();
  await page.getByRole("heading", { name: "The run stopped" }).waitFor();
}
