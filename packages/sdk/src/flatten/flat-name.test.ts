import { expect, test } from "vitest";
import { flatName } from "./flat-name.ts";

const usual = { separator: "__", maxKeyLength: 255 };

test("names are joined by the separator", () => {
  expect(flatName(["bar", "baz", "foo"], usual)).toBe("bar__baz__foo");
  expect(flatName(["bar", "baz", "foo"], { ...usual, separator: "." })).toBe("bar.baz.foo");
});

test("a name of max_key_length characters or more is abbreviated from its first part, no more than needed", () => {
  const path = ["customer_order", "shipping", "zip_code"];
  expect(flatName(path, { ...usual, maxKeyLength: 35 })).toBe("customer_order__shipping__zip_code");
  expect(flatName(path, { ...usual, maxKeyLength: 34 })).toBe("co__shipping__zip_code");
  expect(flatName(path, { ...usual, maxKeyLength: 20 })).toBe("co__shi__zip_code");
  expect(flatName(path, { ...usual, maxKeyLength: 5 })).toBe("co__shi__zc");
});

/** What flatten_key of singer-sdk 0.54.9 returns for the same arguments. */
test.each([
  [["very_long_name", "ThatIsCamel", "leaf"], 20, "vln__tic__leaf"],
  [["UPPER", "x"], 3, "upper__x"],
  [["a", "b2_c"], 5, "a__b2c"],
  [["_private_part", "é_ü"], 8, "_p__é_ü"],
  [["a".repeat(20), "a".repeat(20)], 30, `aaa__${"a".repeat(20)}`],
])("%j with max_key_length %i", (path, maxKeyLength, name) => {
  expect(flatName(path, { separator: "__", maxKeyLength })).toBe(name);
});
