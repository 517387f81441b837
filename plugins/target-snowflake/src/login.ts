/** How to log in: the options of the client that the settings result in. */
import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { resolve } from "node:path";
import type { ConnectionOptions } from "snowflake-sdk";
import type { Config } from "./config.ts";
import { errors } from "./errors.ts";

type Login = Pick<ConnectionOptions, "authenticator" | "username" | "password" | "privateKey" | "token">;

/** The first that is set of: OAuth, key pair, programmatic access token, browser, password. @throws snowflake_login_missing, snowflake_key_file, snowflake_key_unreadable */
export function login(config: Config): Login {
  const { user, private_key, private_key_path, programmatic_access_token, oauth_access_token, password } = config;
  const asUser = user === undefined ? {} : { username: user };
  if (oauth_access_token !== undefined) return { ...asUser, authenticator: "OAUTH", token: oauth_access_token };
  if (user === undefined) throw errors.snowflake_login_missing({});
  if (private_key !== undefined || private_key_path !== undefined)
    return { username: user, authenticator: "SNOWFLAKE_JWT", privateKey: readKey(config) };
  if (programmatic_access_token !== undefined)
    return { username: user, authenticator: "PROGRAMMATIC_ACCESS_TOKEN", token: programmatic_access_token };
  if (config.use_browser_authentication === true) return { username: user, authenticator: "EXTERNALBROWSER" };
  if (password !== undefined) return { username: user, authenticator: "SNOWFLAKE", password };
  throw errors.snowflake_login_missing({});
}

/** The key without its encryption, as the client wants it. */
function readKey({ private_key, private_key_path, private_key_passphrase: passphrase }: Config): string {
  const from = private_key === undefined ? (private_key_path as string) : "private_key";
  const text = private_key ?? readKeyFile(private_key_path as string);
  const der = { ...derOf(text), format: "der" as const };
  try {
    const key = createPrivateKey(passphrase === undefined ? der : { ...der, passphrase });
    return String(key.export({ type: "pkcs8", format: "pem" }));
  } catch (error) {
    throw errors.snowflake_key_unreadable({ from, reason: whyUnreadable(der, passphrase !== undefined) }, {}, error);
  }
}

function readKeyFile(given: string): string {
  const path = resolve(given.replace(/^~(?=\/)/, homedir()));
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const { code = "", message } = error as NodeJS.ErrnoException;
    const reasons: Record<string, string> = {
      ENOENT: "it does not exist",
      EACCES: "this user may not read it",
      EISDIR: "it is a folder",
    };
    throw errors.snowflake_key_file({ path, reason: reasons[code] ?? message }, {}, error);
  }
}

/** Line ends may be written as \n, or be lost in an environment variable, and the first and last line may be missing. */
function derOf(text: string): { key: Buffer; type: "pkcs8" | "pkcs1" } {
  const lines = text.replaceAll("\\n", "\n").trim();
  const [, label, body = lines] = /^-----BEGIN ([A-Z ]+)-----([\s\S]*)-----END \1-----$/.exec(lines) ?? [];
  return { key: Buffer.from(body, "base64"), type: label === "RSA PRIVATE KEY" ? "pkcs1" : "pkcs8" };
}

/**
 * Without anything of the key. What is thrown with a passphrase does not tell: one wrong passphrase in 256 decrypts
 * the key to bytes that are no key. Read without one, only an encrypted key asks for it.
 */
function whyUnreadable(der: ReturnType<typeof derOf> & { format: "der" }, withPassphrase: boolean): string {
  try {
    createPrivateKey(der);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ERR_MISSING_PASSPHRASE" || /interrupted or cancelled/i.test(message))
      return withPassphrase ? "the passphrase does not decrypt it" : "it is encrypted, and private_key_passphrase is not set";
  }
  return "it is no private key in PEM";
}
