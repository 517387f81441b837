import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunContext } from "@tapline/protocol";
import { expect, onTestFinished, test } from "vitest";
import { writeProfile } from "./profile.ts";

function profileOf(executable: string, config: Record<string, unknown>, own: object = {}) {
  const folder = mkdtempSync(join(tmpdir(), "profile-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const context: RunContext = {
    ...{
      form: 1,
      project: "/shop",
      environment: "prod",
      run_id: "r",
      config: {},
      catalogs: null,
      loaded: null,
      failed_since: null,
      python: null,
    },
    plugins: { warehouse: { executable, config } },
  };
  const { adapter, env } = writeProfile({ target: "warehouse", schema: "analytics", threads: 4, ...own }, context, folder);
  const path = join(folder, "profiles.yml");
  return { adapter, env, folder, mode: statSync(path).mode & 0o777, text: readFileSync(path, "utf8") };
}

test("DuckDB: the target's file, relative to the project, in an output with the name of the environment", () => {
  const { adapter, env, text, mode, folder } = profileOf("target-duckdb", { filepath: "data/w.duckdb" });
  expect(adapter).toBe("duckdb");
  expect(JSON.parse(text)).toEqual({
    tapline: {
      target: "prod",
      outputs: {
        prod: {
          type: "{{ env_var('TAPLINE_TYPE') | as_text }}",
          path: "{{ env_var('TAPLINE_PATH') | as_text }}",
          schema: "{{ env_var('TAPLINE_SCHEMA') | as_text }}",
          threads: 4,
        },
      },
    },
  });
  expect(env).toEqual({
    ...{ TAPLINE_TYPE: "duckdb", TAPLINE_PATH: "/shop/data/w.duckdb", TAPLINE_SCHEMA: "analytics" },
    ...{ DBT_PROFILES_DIR: folder, DBT_PROFILE: "tapline", DBT_TARGET: "prod" },
  });
  expect(mode).toBe(0o600);
});

test("PostgreSQL: no setting's text is in the file, the password is in a variable that dbt keeps out of its logs", () => {
  const url = "postgresql://{{boss}}:hunter22@db.example:6432/shop?sslmode=verify-full";
  const { adapter, env, text } = profileOf("target-postgres", { sqlalchemy_url: url, role: "loader" });
  expect(adapter).toBe("postgres");
  for (const secret of ["hunter22", "boss", "db.example", "loader"]) expect(text).not.toContain(secret);
  expect(env).toMatchObject({
    ...{ DBT_ENV_SECRET_TAPLINE_PASSWORD: "hunter22", TAPLINE_USER: "{{boss}}", TAPLINE_HOST: "db.example", TAPLINE_DBNAME: "shop" },
    ...{ TAPLINE_SSLMODE: "verify-full", TAPLINE_SSLROOTCERT: "system", TAPLINE_ROLE: "loader" },
  });
  expect(JSON.parse(text).tapline.outputs.prod).toMatchObject({ port: 6432, connect_timeout: 30, keepalives_idle: 60 });
});

test("a certificate given as text is written to a private file", () => {
  const key = "-----BEGIN PRIVATE KEY-----\\nabc\\n-----END PRIVATE KEY-----";
  const { env, folder } = profileOf("target-postgres", {
    ...{ host: "h", username: "u", dbname: "d", ssl_mode: "require" },
    ...{ ssl_client_certificate: "/etc/client.pem", ssl_client_private_key: key },
  });
  expect(env).toMatchObject({ TAPLINE_USER: "u", TAPLINE_SSLCERT: "/etc/client.pem", TAPLINE_SSLKEY: join(folder, "client.key") });
  expect(readdirSync(folder).sort()).toEqual(["client.key", "profiles.yml"]);
  expect(readFileSync(join(folder, "client.key"), "utf8")).toBe("-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----");
  expect(statSync(join(folder, "client.key")).mode & 0o777).toBe(0o600);
});

test("a port from a variable is a number", () => {
  const { text } = profileOf("target-postgres", { host: "db", port: "6432", user: "a", password: "b", database: "c" });
  expect(JSON.parse(text).tapline.outputs.prod.port).toBe(6432);
});

test("a target that dbt does not support", () => {
  expect(() => profileOf("target-jsonl", {})).toThrow(expect.objectContaining({ code: "target_unsupported" }));
});
