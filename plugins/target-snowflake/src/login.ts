/** How to log in: the options of the client that the settings result in. */
import { createPrivateKey, type KeyObject } from "node:crypto";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import type { ConnectionOptions } from "snowflake-sdk";
import type { Config } from "./config.ts";
import { errors } from "./errors.ts";

type Login = Pick<ConnectionOptions, "authenticator" | "username" | "password" | "privateKey" | "token">;

/** The first that is set of: key pair, programmatic access token, OAuth, browser, password. @throws snowflake_login_missing, snowflake_key_unreadable */
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
  let key: KeyObject;
  try {
    const text = private_key ?? readFileSync((private_key_path as string).replace(/^~(?=\/)/, homedir()), "utf8");
    key = createPrivateKey({ key: asPem(text, passphrase !== undefined), format: "pem", ...(passphrase !== undefined && { passphrase }) });
  } catch (error) {
    throw errors.snowflake_key_unreadable({ from, reason: reasonOf(error) }, {}, error);
  }
  return String(key.export({ type: "pkcs8", format: "pem" }));
}

/** Line ends may be written as \n, or be lost in an environment variable, and the first and last line may be missing. */
function asPem(text: string, isEncrypted: boolean): string {
  const lines = text.replaceAll("\\n", "\n").trim();
  const found = /^-----BEGIN ([A-Z ]+)-----([\s\S]*)-----END \1-----$/.exec(lines);
  const label = found?.[1] ?? (isEncrypted ? "ENCRYPTED PRIVATE KEY" : "PRIVATE KEY");
  const body = (found?.[2] ?? lines).replaceAll(/\s+/g, "");
  return `-----BEGIN ${label}-----\n${body.replaceAll(/.{1,64}/g, "$&\n")}-----END ${label}-----\n`;
}

/** Without anything of the key. */
function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return "the file does not exist";
  if (code === "EACCES") return "this user may not read the file";
  if (/bad decrypt|DECRYPT/i.test(message)) return "the passphrase does not decrypt it";
  if (/passphrase|interrupted or cancelled/i.test(message)) return "it is encrypted, and private_key_passphrase is not set";
  return "it is no private key in PEM";
}
