/** The channels of tapline.yml, ready to send: with the values of their references, and each with its way to send a notice. */
import { createHmac } from "node:crypto";
import { type Redact, redactor } from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { ChannelSettings } from "../model/notify-schema.ts";
import type { Project } from "../model/project.ts";
import { variablesIn } from "../project/project.ts";
import { resolveSection } from "../project/resolve-section.ts";
import { sendMail } from "./mail.ts";
import type { Notice, Outcome } from "./notice.ts";
import { post } from "./post.ts";
import { tellProgram } from "./tell-program.ts";
import { asJson, asSlack, asTeams } from "./text.ts";

export interface Channel {
  name: string;
  /** The reason of an outcome has no secrets. Never rejects because of what it reaches. */
  send(notice: Notice): Promise<Outcome>;
}

/** How long one attempt may take. */
const timeoutMs = 15_000;

/** @throws variable_missing, secret_file_unreadable, secret_command_failed, secret_reference_invalid, notify_url_invalid */
export function openChannel(project: Project, environment: string, name: string): Channel {
  const entry = project.parsed.file.notify?.channels[name] as ChannelSettings;
  const { value, secrets } = resolveSection(project, environment, ["notify", "channels", name], entry);
  const redact = redactor([...secrets, ...secretsOf(value)]);
  const send = senderOf(value, { project, environment, name });
  return { name, send: async (notice) => withoutSecrets(await send(notice), redact) };
}

interface Place {
  project: Project;
  environment: string;
  name: string;
}

function senderOf(entry: ChannelSettings, place: Place): (notice: Notice) => Promise<Outcome> {
  if ("slack" in entry) return poster(webUrl(entry.slack, "slack", place), asSlack);
  if ("teams" in entry) return poster(webUrl(entry.teams, "teams", place), asTeams);
  if ("webhook" in entry) {
    const { url, secret, headers = {} } = entry.webhook;
    const target = webUrl(url, "webhook.url", place);
    return (notice) => {
      const body = JSON.stringify(asJson(notice));
      const signed = secret === undefined ? {} : signatureOf(notice.id, body, secret as string, new Date());
      return post({ url: target, headers: { ...(headers as Record<string, string>), ...signed }, body, timeoutMs });
    };
  }
  if ("mail" in entry) {
    const { server, from, to } = entry.mail;
    const url = urlOf(server, ["smtp:", "smtps:"], "mail.server", place);
    return (notice) => sendMail(notice, { url, from, to, timeoutMs });
  }
  const { project, environment } = place;
  const env = { ...project.processEnv, ...variablesIn(project, environment).shared };
  return (notice) => tellProgram(`${JSON.stringify(asJson(notice))}\n`, { words: entry.command, folder: project.folder, env, timeoutMs });
}

function poster(url: URL, form: (notice: Notice) => object): (notice: Notice) => Promise<Outcome> {
  return (notice) => post({ url, headers: {}, body: JSON.stringify(form(notice)), timeoutMs });
}

/** Headers that prove who sent a text, as standardwebhooks.com says (signature scheme v1: HMAC-SHA256 of id, time and text). */
export function signatureOf(id: string, body: string, secret: string, now: Date): Record<string, string> {
  const key = secret.startsWith("whsec_") ? Buffer.from(secret.slice("whsec_".length), "base64") : Buffer.from(secret);
  const time = String(Math.floor(now.getTime() / 1000));
  const signature = createHmac("sha256", key).update(`${id}.${time}.${body}`).digest("base64");
  return { "webhook-id": id, "webhook-timestamp": time, "webhook-signature": `v1,${signature}` };
}

const webUrl = (text: unknown, setting: string, place: Place): URL => urlOf(text, ["http:", "https:"], setting, place);

function urlOf(text: unknown, protocols: readonly string[], setting: string, { project, name }: Place): URL {
  const path = ["notify", "channels", name, ...setting.split(".")];
  const url = URL.parse(String(text));
  if (url !== null && protocols.includes(url.protocol) && url.hostname !== "") return url;
  throw errors.notify_url_invalid({ place: path.join("."), protocols }, { file: project.path, ...project.parsed.locate(path) });
}

/** Also those that are written in tapline.yml. The path of a webhook's URL is as good as a password. */
function secretsOf(entry: ChannelSettings): string[] {
  if ("slack" in entry) return [String(entry.slack)];
  if ("teams" in entry) return [String(entry.teams)];
  if ("webhook" in entry) {
    const { url, secret, headers = {} } = entry.webhook;
    return [url, secret ?? "", ...Object.values(headers)].map(String);
  }
  if (!("mail" in entry)) return [];
  const { username = "", password = "" } = URL.parse(String(entry.mail.server)) ?? {};
  return [decodeURIComponent(password), ...(password === "" ? [] : [decodeURIComponent(username)])];
}

function withoutSecrets(outcome: Outcome, redact: Redact): Outcome {
  return outcome.reason === undefined ? outcome : { ...outcome, reason: redact(outcome.reason) };
}
