/** Rows that do not add up are said in red and in a sentence, on the run and on the stream; steps of dbt show what they built. */
import { expect } from "vitest";
import { heading, inPage, type Scenario } from "./scenario.ts";

const sentence = "quick does not add up: 40 rows were read, 35 were loaded: 5 missing.";

export async function missRows({ page }: Scenario): Promise<void> {
  await page.goto("/jobs/leaky");
  await page.getByRole("region", { name: "Runs of leaky" }).getByRole("link").first().click();
  await heading(page, /^leaky: run/);
  const box = page.getByText(sentence);
  await box.waitFor();
  expect(await inPage(page, "getComputedStyle(document.querySelector('p.box.bad')).borderTopColor")).toBe("rgb(179, 38, 30)");
  await page.getByRole("link", { name: "quick", exact: true }).click();
  await heading(page, "quick");
  await box.waitFor();
}

export async function seeModels({ page }: Scenario): Promise<void> {
  await page.goto("/runs?job=modelled");
  await page.locator("tbody tr a").first().click();
  await heading(page, /^modelled: run/);
  const step = page.getByRole("region", { name: "Step 2: models run" });
  await step.getByText("exit code 0").waitFor();
  expect(await step.locator("tbody tr").first().textContent()).toMatch(/amodel.*succeeded.*0\.5 s7/);
  await page.goto("/lineage");
  await page.getByRole("region", { name: "Lineage", exact: true }).getByText("tap-quick: quick").first().waitFor();
}
