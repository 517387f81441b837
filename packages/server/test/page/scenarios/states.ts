/** States changed by a person: edited with a mistake first, refused when somebody else was faster, rolled back. */
import { expect } from "vitest";
import { violations } from "../browser.ts";
import { tapline } from "../page-project.ts";
import { heading, type Scenario } from "./scenario.ts";

const id = "dev:tap-quick-to-target-slow";
const path = `/states/${encodeURIComponent(id)}`;
const stateOf = (value: string): string => `{"bookmarks": {"quick": {"replication_key": "id", "replication_key_value": ${value}}}}`;
/** Of the project's store, by the command. */
const stored = (folder: string): string => tapline(folder, "state", "get", id);

export async function editState({ page, folder }: Scenario): Promise<void> {
  await page.goto(path);
  await heading(page, id);
  await page.getByRole("button", { name: "Edit" }).click();
  const field = page.getByLabel("State, as JSON");
  await field.fill(stateOf("12,"));
  await page.getByText(/^Line 1, column \d+: expected a name in double quotes/).waitFor();
  expect(await page.getByRole("button", { name: "Save" }).getAttribute("aria-disabled")).toBe("true");
  expect(await violations(page)).toEqual([]);
  // More digits than a double keeps.
  await field.fill(stateOf("12345678901234567890"));
  await page.getByText("This is valid JSON.").waitFor();
  await page.getByText('+       "replication_key_value": 12345678901234567890').waitFor();
  // Whoever looks at another view meanwhile finds the text again.
  await page.getByRole("link", { name: "States" }).first().click();
  await heading(page, "States");
  await page.getByRole("link", { name: id }).click();
  await page.getByText('+       "replication_key_value": 12345678901234567890').waitFor();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("is saved").waitFor();
  await page.locator("pre.code", { hasText: "12345678901234567890" }).first().waitFor();
  expect(stored(folder)).toContain("12345678901234567890");
}

export async function meetConflict({ page, folder }: Scenario): Promise<void> {
  await page.goto(path);
  await page.getByRole("button", { name: "Edit" }).click();
  await page.getByLabel("State, as JSON").fill(stateOf("7"));
  // The page asks for the state every five seconds: what is saved at once meets a state that it has not seen.
  tapline(folder, "state", "set", id, stateOf("8"));
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("The state was changed while you edited it").waitFor();
  expect(await violations(page)).toEqual([]);
  expect(stored(folder)).not.toContain('"replication_key_value": 7');
  await page.getByRole("button", { name: "Leave it" }).click();
}

export async function rollBack({ page, folder }: Scenario): Promise<void> {
  for (const value of ["12345678901234567891", "9"]) tapline(folder, "state", "set", id, stateOf(value));
  await page.goto(path);
  await page.getByRole("button", { name: "Roll back" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Roll back" }).click();
  await page.getByText(`${id} is now at`).waitFor();
  const after = stored(folder);
  expect(after).toContain("12345678901234567891");
  await page.getByText("rollback").first().waitFor();
}
