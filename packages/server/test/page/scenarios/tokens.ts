/** A server with tokens: the page asks for one, refuses a wrong one, keeps it out of addresses, and turns off what the role may not do. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { expect } from "vitest";
import { openPage, violations } from "../browser.ts";
import { serveProject } from "../serve-project.ts";
import { heading, inPage } from "./scenario.ts";

const token = "only-to-look-at-0123456789";

export async function signIn(browser: Browser, folder: string): Promise<void> {
  const file = join(folder, "tapline.yml");
  const before = readFileSync(file, "utf8");
  const server = { tokens: { board: { token, role: "read" } } };
  writeFileSync(file, JSON.stringify({ ...JSON.parse(before), server }));
  try {
    await using served = await serveProject(folder);
    const { page, problems } = await openPage(browser, served.url);
    const addresses: string[] = [];
    page.on("request", (request) => addresses.push(request.url()));
    await page.goto("/runs");
    const field = page.getByLabel("Token");
    await field.waitFor();
    expect(await violations(page)).toEqual([]);
    await field.fill("a-wrong-token-0123456789");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("The server does not know this token.").waitFor();
    await field.fill(token);
    await page.getByRole("button", { name: "Sign in" }).click();
    await heading(page, "Runs");
    await page.goto("/jobs/shop");
    const button = page.getByRole("button", { name: "Run now" });
    await button.waitFor();
    expect(await button.getAttribute("aria-disabled")).toBe("true");
    expect(await button.getAttribute("title")).toContain("You may only look here");
    await button.click({ force: true });
    await page.getByRole("button", { name: "Sign out" }).click();
    await field.waitFor();
    expect(await inPage(page, "sessionStorage.length + localStorage.length")).toBe(0);
    expect(addresses.filter((address) => address.includes(token))).toEqual([]);
    // The browser itself tells of each 401.
    expect(problems.filter((problem) => !problem.includes("401"))).toEqual([]);
    await page.context().close();
  } finally {
    writeFileSync(file, before);
  }
}
