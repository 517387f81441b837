import type { AddressInfo, Socket } from "node:net";
import { text } from "node:stream/consumers";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { expect, onTestFinished, test } from "vitest";
import { sendMail } from "./mail.ts";
import type { Notice } from "./notice.ts";

const notice: Notice = {
  ...{ id: "20260131T101500Z/run/x", event: "failure", job: "shop", environment: "prod", runId: "x", at: "2026-01-31T10:15:00.000Z" },
  title: "Failed: shop – prod",
  problems: [
    {
      step: "tap-a target-b",
      plugin: "tap-a",
      stream: "items",
      place: "file a.csv, line 7",
      code: "c",
      cause: "Größe fehlt",
      fix: "Add it.",
    },
  ],
  warnings: [],
  loaded: [],
  command: "tapline runs retry x",
  link: null,
};

/** Breaks the connections of the last server. */
let breakOff = (): void => {};

async function serve(options: SMTPServerOptions): Promise<URL> {
  const server = new SMTPServer({ authOptional: true, disabledCommands: ["STARTTLS"], ...options });
  server.on("error", () => {});
  const sockets = new Set<Socket>();
  server.server.on("connection", (socket: Socket) => sockets.add(socket));
  breakOff = () => sockets.forEach((socket) => void socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return new URL(`smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`);
}

const send = (url: URL, timeoutMs = 3000, to = ["ops@example.com"]) =>
  sendMail(notice, { url, from: "Tapline <tapline@example.com>", to, timeoutMs });

const refusal = (code: number, message: string): Error => Object.assign(new Error(message), { responseCode: code });

test("a mail has the text, the receivers and the same id each time", async () => {
  const mails: string[] = [];
  const url = await serve({
    onData(stream, _session, done) {
      void text(stream).then((mail) => {
        mails.push(mail);
        done();
      });
    },
  });
  expect(await send(url)).toEqual({ kind: "sent" });
  expect(await send(url)).toEqual({ kind: "sent" });
  const [first = "", second = ""] = mails;
  expect(first).toContain("To: ops@example.com");
  expect(first).toMatch(/^Subject: =\?UTF-8\?/m);
  expect(first.replaceAll("=\r\n", "")).toContain("tapline runs retry x");
  const id = /^Message-ID: (<\w+@example\.com>)/m;
  expect(id.exec(first)?.[1]).toBe(id.exec(second)?.[1]);
});

test("a login with a wrong password is refused, and a right one is not", async () => {
  const url = await serve({
    authMethods: ["PLAIN"],
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _session, done) =>
      username === "me" && password === "p@ss" ? done(null, { user: "me" }) : done(refusal(535, "no")),
    onData(stream, _session, done) {
      stream.resume().once("end", () => done());
    },
  });
  url.username = "me";
  url.password = encodeURIComponent("p@ss");
  expect(await send(url)).toEqual({ kind: "sent" });
  url.password = "wrong";
  expect(await send(url)).toMatchObject({ kind: "refused" });
});

test.each<[string, SMTPServerOptions, object]>([
  ["the receiver is refused", { onRcptTo: (_address, _session, done) => done(refusal(550, "unknown user")) }, { kind: "refused" }],
  [
    "the text is refused",
    { onData: (stream, _session, done) => void stream.resume().once("end", () => done(refusal(552, "too large"))) },
    { kind: "refused", reason: expect.stringContaining("too large") },
  ],
  ["the connection breaks before the text", { onMailFrom: () => breakOff() }, { kind: "refused" }],
  ["the connection breaks after the text", { onData: (stream) => void stream.resume().once("end", () => breakOff()) }, { kind: "unsure" }],
  ["no answer to the text", { onData: (stream) => void stream.resume() }, { kind: "unsure" }],
])("%s", async (_name, options, expected) => {
  const url = await serve(options);
  expect(await send(url, 1000)).toMatchObject(expected);
  breakOff();
});

test("one of two receivers is refused: it is sent, and that is said", async () => {
  const url = await serve({
    onRcptTo: ({ address }, _session, done) => (address.startsWith("no") ? done(refusal(550, "unknown user")) : done()),
    onData: (stream, _session, done) => void stream.resume().once("end", () => done()),
  });
  expect(await send(url, 3000, ["ops@example.com", "no@example.com"])).toMatchObject({
    kind: "sent",
    reason: expect.stringContaining("refused no@example.com"),
  });
});

test("nobody listens", async () => {
  expect(await send(new URL("smtp://127.0.0.1:1"))).toMatchObject({ kind: "refused" });
});
