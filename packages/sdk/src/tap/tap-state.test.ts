import { expect, test } from "vitest";
import { TapState } from "./tap-state.ts";

const mebibyte = 1024 * 1024;

test("a STATE is due after 4 MiB", () => {
  const state = new TapState({});
  state.sent(4 * mebibyte - 1);
  expect(state.isDue).toBe(false);
  state.sent(1);
  expect(state.isDue).toBe(true);
  state.advance("items", { id: 1 });
  expect(state.isDue).toBe(false);
});

test("a long STATE is due when it is at most 1 % of the output, also before the first one", () => {
  const files = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`file-${i}.csv`, { checksum: "x".repeat(88) }]));
  const state = new TapState({ bookmarks: { items: { files } } });
  for (let round = 0; round < 2; round++) {
    state.sent(4 * mebibyte);
    expect(state.isDue).toBe(false);
    state.sent(10 * mebibyte);
    expect(state.isDue).toBe(true);
    expect(state.advance("items", { files }).length).toBeGreaterThan(100_000);
  }
});
