import { TaplineError } from "@tapline/protocol";
import { expect, test } from "vitest";
import { type ConnectionUrl, readConnectionUrl } from "./url.ts";

test.each<[string, ConnectionUrl]>([
  ["postgresql://u:p%40ss@h:6543/d", { user: "u", password: "p@ss", host: "h", port: 6543, database: "d" }],
  ["postgres://h/d", { host: "h", database: "d" }],
  ["postgresql+psycopg2://u@[::1]/d%20b?sslmode=require", { user: "u", host: "::1", database: "d b", tlsMode: "require" }],
  [
    "postgresql://u@/d?host=/var/run/postgresql&connect_timeout=5",
    { user: "u", host: "/var/run/postgresql", database: "d", connectTimeoutMs: 5000 },
  ],
])("%s", (url, parts) => {
  expect(readConnectionUrl(url)).toEqual(parts);
});

test.each([
  "mysql://u:hidden@h/d",
  "hidden",
  "postgresql://u:hidden%@h/d",
  "postgresql://u:hidden@h:0/d",
  "postgresql://u:hidden@h/d?gssencmode=hidden",
  "postgresql://u:hidden@h/d?connect_timeout=hidden",
])("%s is refused without telling any of it", (url) => {
  try {
    readConnectionUrl(url);
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(TaplineError);
    expect((error as TaplineError).code).toBe("postgres_url_invalid");
    expect((error as TaplineError).message).not.toContain("hidden");
  }
});
