/** Chromium as a person uses it, which keeps what went wrong on the page, and axe-core, which finds what keeps people from using it. */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, chromium, type Page } from "playwright-core";

const executablePath = "/usr/bin/chromium";
const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"];
const quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync"];

/** @throws Error where Debian's Chromium is not installed */
export async function openBrowser(): Promise<Browser> {
  if (!existsSync(executablePath)) throw new Error(`${executablePath} is missing. To install it: apt-get install -y chromium`);
  return chromium.launch({ executablePath, args: [...flags, ...quiet] });
}

export interface Watched {
  page: Page;
  /** Errors and warnings on the console, exceptions, and requests that left the server. */
  problems: string[];
}

interface Look {
  width?: number;
  theme?: "light" | "dark";
}

export async function openPage(browser: Browser, base: string, { width = 1280, theme = "light" }: Look = {}): Promise<Watched> {
  const context = await browser.newContext({ baseURL: base, viewport: { width, height: width < 500 ? 740 : 860 }, colorScheme: theme });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const problems: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) problems.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => problems.push(`exception: ${error.stack}`));
  page.on("request", (request) => {
    if (!request.url().startsWith(base) && !request.url().startsWith("blob:")) problems.push(`request to ${request.url()}`);
  });
  return { page, problems };
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const rules = JSON.stringify({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"], resultTypes: ["violations"] });

/** What axe-core finds wrong by WCAG 2.1 AA and by its best practices: the rule, and the element. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate(
    `axe.run(document, ${rules}).then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map((node) => id + ": " + node.html.slice(0, 200) + " " + (node.any[0]?.message ?? ""))))`,
  );
}

/** How far the page is wider than the window. */
export const overflow = (page: Page): Promise<number> => page.evaluate("document.documentElement.scrollWidth - innerWidth");
