import { expect, test } from "vitest";
import { hasPlainPassword, shownAddress, splitPassword } from "./address.ts";
import { expandAddress } from "./expand-address.ts";

test("variables of a URL are percent-encoded; one that needs no encoding stays a reference", () => {
  const variables = { PLAIN: "sesame", ODD: "p@s$/w:d", USER: "me" };
  expect(expandAddress(`postgres://$USER:$${"{ODD}"}@host/db`, variables)).toBe(`postgres://$${"{USER}"}:p%40s%24%2Fw%3Ad@host/db`);
  expect(expandAddress("postgres://me:$PLAIN@host/a$$b", variables)).toBe(`postgres://me:$${"{PLAIN}"}@host/a$$b`);
  expect(() => expandAddress("postgres://me:$NONE@host/db", variables)).toThrow(expect.objectContaining({ code: "variable_missing" }));
  expect(expandAddress("/data/a$b.duckdb", variables)).toBe("/data/a$$b.duckdb");
});

test.each([
  ["postgres://me:sesame@host/db", true, "postgres://me:***@host/db"],
  ["postgres://me:ses@me@host/db", true, "postgres://me:***@host/db"],
  ["postgres://me:$NAME@host/db", false, "postgres://me:$NAME@host/db"],
  ["postgres://me@host:5432/db", false, "postgres://me@host:5432/db"],
  ["duckdb:a:b@c.duckdb", false, "duckdb:a:b@c.duckdb"],
])("%s: whether its password is written out, and how it is shown", (text, isPlain, shown) => {
  expect(hasPlainPassword({ text })).toBe(isPlain);
  expect(shownAddress({ text })).toBe(shown);
});

test("a password is taken out of a URL", () => {
  expect(splitPassword("postgres://me:ses@me@host:5432/db", "SHOP_PASSWORD")).toEqual({
    address: "postgres://me:$SHOP_PASSWORD@host:5432/db",
    password: "ses@me",
  });
  expect(splitPassword("postgres://me:$NAME@host/db", "X")).toBeUndefined();
  expect(splitPassword("postgres://me@host:5432/db", "X")).toBeUndefined();
});
