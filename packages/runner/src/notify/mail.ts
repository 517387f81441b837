/** Sends a mail by SMTP, and says whether it surely arrived at the server, surely did not, or whether nobody can know. */
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import type { Notice, Outcome } from "./notice.ts";
import { asText } from "./text.ts";

export interface MailServer {
  /** smtp://USER:PASSWORD@HOST:PORT or smtps://… */
  url: URL;
  from: string;
  to: readonly string[];
  timeoutMs: number;
}

/** Never rejects, except for faults of tapline itself. */
export async function sendMail(notice: Notice, { url, from, to, timeoutMs }: MailServer): Promise<Outcome> {
  // They are loaded only when a mail is sent.
  const [{ default: MailComposer }, { default: SmtpConnection }] = await Promise.all([
    import("nodemailer/lib/mail-composer"),
    import("nodemailer/lib/smtp-connection"),
  ]);
  const message = new MailComposer({ from, to: [...to], subject: notice.title, text: asText(notice), messageId: messageId(notice, from) });
  const mail = message.compile();
  const [text, envelope] = [await mail.build(), mail.getEnvelope()];
  const secure = url.protocol === "smtps:";
  const connection = new SmtpConnection({
    host: url.hostname.replaceAll(/[[\]]/g, ""),
    ...(url.port === "" ? {} : { port: Number(url.port) }),
    secure,
    // A password is never sent in plain text over a network.
    requireTLS: !secure && url.username !== "" && !isThisMachine(url.hostname),
    ...{ connectionTimeout: timeoutMs, greetingTimeout: timeoutMs, socketTimeout: timeoutMs, dnsTimeout: timeoutMs },
  });
  return new Promise((resolve) => {
    // From then on, the server may have taken the mail.
    let isSending = false;
    const settle = (outcome: Outcome): void => {
      clearTimeout(timer);
      if (outcome.kind === "sent") connection.quit();
      else connection.close();
      resolve(outcome);
    };
    const fail = (error: { message: string; responseCode?: number | undefined }): void =>
      settle({ kind: isSending && error.responseCode === undefined ? "unsure" : "refused", reason: `${url.host}: ${error.message}` });
    const timer = setTimeout(() => fail({ message: `it took longer than ${timeoutMs / 1000} s` }), timeoutMs);
    const body = new Readable({
      read() {
        isSending = true;
        this.push(text);
        this.push(null);
      },
    });
    const send = (): void =>
      connection.send(envelope, body, (error, sent) => {
        if (error) return fail(error);
        const refused = (sent?.rejected ?? []).join(", ");
        settle(refused === "" ? { kind: "sent" } : { kind: "sent", reason: `${url.host} refused ${refused}` });
      });
    connection.on("error", fail);
    // A refusal ends the connection too, and is reported just after it.
    connection.once("end", () => setImmediate(() => fail({ message: "it closed the connection" })));
    connection.connect(() => {
      if (url.username === "") return send();
      const auth = { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) };
      connection.login(auth, (error) => (error ? fail(error) : send()));
    });
  });
}

function isThisMachine(host: string): boolean {
  return host === "localhost" || host === "[::1]" || host.startsWith("127.");
}

/** The same for each attempt, so that mail programs show a mail once. */
function messageId({ id }: Notice, from: string): string {
  const host = /@([\w.-]+)/.exec(from)?.[1] ?? "localhost";
  return `<${createHash("sha256").update(id).digest("hex").slice(0, 32)}@${host}>`;
}
