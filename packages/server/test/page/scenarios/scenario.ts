/** What a scenario gets: a page in the served project, the project's folder, and the limits of the suite. */
import type { Page } from "playwright-core";
import type bars from "../../../long/page.bars.json";

export interface Scenario {
  page: Page;
  folder: string;
  bars: typeof bars;
}

/** Runs in the page; the compiler of tests knows no DOM. */
export const inPage = <T>(page: Page, code: string): Promise<T> => page.evaluate(code) as Promise<T>;

export async function heading(page: Page, text: string | RegExp): Promise<void> {
  await page.getByRole("heading", { level: 1, name: text }).waitFor();
}
