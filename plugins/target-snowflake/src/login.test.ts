/** Keys in every form that people have them in, and the order of the ways to log in. */
import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TaplineError } from "@tapline/sdk";
import { expect, onTestFinished, test } from "vitest";
import type { Config } from "./config.ts";
import { login } from "./login.ts";

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const plain = String(privateKey.export({ type: "pkcs8", format: "pem" }));
const encrypted = String(privateKey.export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "open sesame" }));
const config = (more: Partial<Config>): Config => ({ account: "a", user: "u", database: "d", commit_after_ms: 0, ...more }) as Config;

const refusal = (settings: Config): TaplineError => {
  try {
    login(settings);
  } catch (error) {
    if (error instanceof TaplineError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
};

test.each([
  ["as it is", plain, undefined],
  ["its line ends written as \\n", plain.replaceAll("\n", "\\n"), undefined],
  ["in one line", plain.replaceAll("\n", ""), undefined],
  ["without its first and last line", plain.split("\n").slice(1, -2).join("\n"), undefined],
  ["of the older form PKCS#1", String(privateKey.export({ type: "pkcs1", format: "pem" })), undefined],
  ["encrypted", encrypted, "open sesame"],
  ["encrypted, its line ends written as \\n", encrypted.replaceAll("\n", "\\n"), "open sesame"],
])("a key %s is read", (_, private_key, private_key_passphrase) => {
  const passphrase = private_key_passphrase === undefined ? {} : { private_key_passphrase };
  const { authenticator, privateKey: read } = login(config({ private_key, ...passphrase }));
  expect(authenticator).toBe("SNOWFLAKE_JWT");
  expect(createPrivateKey(String(read)).equals(privateKey)).toBe(true);
});

test("a key is read from its file", () => {
  const folder = mkdtempSync(join(tmpdir(), "login-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "key.p8"), plain);
  expect(login(config({ private_key_path: join(folder, "key.p8") })).privateKey).toBe(plain);
  const gone = refusal(config({ private_key_path: join(folder, "gone.p8") }));
  expect(gone.code).toBe("snowflake_key_file");
  expect(gone.message).toContain(`${join(folder, "gone.p8")}, can't be read: it does not exist`);
  expect(gone.hint).toContain("private_key_path");
  expect(refusal(config({ private_key_path: folder })).message).toContain("it is a folder");
});

/** A wrong passphrase that the padding of the cipher lets through: one in 256. */
function passphraseThatPasses(): string {
  for (let n = 0; ; n++)
    try {
      createPrivateKey({ key: encrypted, passphrase: `wrong ${n}` });
    } catch (error) {
      if (!/bad decrypt/i.test(String(error))) return `wrong ${n}`;
    }
}

test.each([
  ["no key", "not a key", undefined, "no private key in PEM"],
  ["an encrypted key without its passphrase", encrypted, undefined, "private_key_passphrase is not set"],
  ["an encrypted key with another passphrase", encrypted, "open barley", "does not decrypt it"],
  ["an encrypted key with another passphrase that decrypts to no key", encrypted, passphraseThatPasses(), "does not decrypt it"],
  ["no key with a passphrase", "not a key", "open sesame", "no private key in PEM"],
])("%s is an error that says so, and shows nothing of it", (_, private_key, private_key_passphrase, reason) => {
  const passphrase = private_key_passphrase === undefined ? {} : { private_key_passphrase };
  const { code, message } = refusal(config({ private_key, ...passphrase }));
  expect(code).toBe("snowflake_key_unreadable");
  expect(message).toContain(reason);
  expect(message).not.toContain("open barley");
  expect(message).not.toContain(encrypted.slice(40, 60));
});

test("a key wins over a token, and a token over a password; without any there is no login", () => {
  const all = { private_key: plain, programmatic_access_token: "t", password: "p" };
  expect(login(config(all)).authenticator).toBe("SNOWFLAKE_JWT");
  expect(login(config({ ...all, private_key: undefined } as Partial<Config>)).authenticator).toBe("PROGRAMMATIC_ACCESS_TOKEN");
  expect(login(config({ password: "p" }))).toEqual({ username: "u", authenticator: "SNOWFLAKE", password: "p" });
  expect(login(config({ oauth_access_token: "o" }))).toEqual({ username: "u", authenticator: "OAUTH", token: "o" });
  expect(login(config({ use_browser_authentication: true })).authenticator).toBe("EXTERNALBROWSER");
  expect(refusal(config({})).code).toBe("snowflake_login_missing");
});
