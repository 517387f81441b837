/** Takes secrets out of what a cassette keeps: those that are named, and those that a name gives away. */
import { isExactNumber, isSecretName, parseExact } from "@tapline/protocol";

export const hidden = "***";

const isSecret = (name: string): boolean =>
  isSecretName(name) || /^(code|assertion|device_code|signature|sig|client_id|session(_?id)?|sid)$/i.test(name);

/** Hides secrets in texts, in every form in which they are sent. */
export class Scrubber {
  readonly #secrets: readonly string[];

  /** @param secrets values of the config, such as tokens; short ones would hide too much, and are left */
  constructor(secrets: readonly (string | undefined)[]) {
    const forms = secrets
      .filter((one) => one !== undefined && one.length >= 4)
      .flatMap((one) => [
        one as string,
        encodeURIComponent(one as string),
        Buffer.from(one as string).toString("base64"),
        JSON.stringify(one).slice(1, -1),
      ]);
    this.#secrets = [...new Set(forms)].sort((a, b) => b.length - a.length);
  }

  text(text: string): string {
    return this.#secrets.reduce((shown, secret) => shown.replaceAll(secret, hidden), text);
  }

  /** Parameters with a secret's name lose their values. */
  params(params: URLSearchParams): string {
    const pairs = [...params].map(([name, value]): [string, string] => [name, isSecret(name) ? hidden : this.text(value)]);
    return new URLSearchParams(pairs.sort()).toString();
  }

  /** JSON and forms lose the values of secret names, other texts only what is known to be secret. */
  body(text: string, type: string): string {
    if (text === "") return "";
    if (type.includes("x-www-form-urlencoded")) return this.params(new URLSearchParams(text));
    try {
      return JSON.stringify(this.#json(parseExact(text)));
    } catch {
      return this.text(text);
    }
  }

  /** Whether a secret is still in it. */
  finds(text: string): boolean {
    return this.#secrets.some((secret) => text.includes(secret));
  }

  #json(value: unknown): unknown {
    if (typeof value === "string") return this.text(value);
    if (Array.isArray(value)) return value.map((one) => this.#json(one));
    if (typeof value !== "object" || value === null || isExactNumber(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, one]) => [name, isSecret(name) && typeof one === "string" ? hidden : this.#json(one)]),
    );
  }
}
