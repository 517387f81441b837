/** The part of tapline.yml that says who is told what happened to a job. */
import { type Static, Type } from "@tapline/protocol";
import { secretText } from "./secret-text.ts";

/** What people can be told. */
export const noticeEvents = ["failure", "warning", "recovery", "success", "freshness", "sla"] as const;

export type NoticeEvent = (typeof noticeEvents)[number];

/** What a channel is told when its entry does not say it. */
export const usualEvents: readonly NoticeEvent[] = ["failure", "recovery", "freshness", "sla"];

const closed = { additionalProperties: false };

const names = (description: string) => Type.Optional(Type.Array(Type.String({ minLength: 1 }), { minItems: 1, description }));

const common = {
  on: Type.Optional(
    Type.Array(Type.Enum([...noticeEvents]), {
      minItems: 1,
      description: `What it is told. Default: ${usualEvents.join(", ")}.`,
    }),
  ),
  jobs: names("The jobs it is told about, with * and ?. Default: all, and pipes that are run without a job."),
  environments: names("The environments it is told about, with * and ?. Default: all."),
};

const url = (what: string) => secretText(`${what} It is a secret: write a $VARIABLE, { $file: … } or { $command: … }.`);

const webhook = Type.Object(
  {
    url: url("Where the notice is posted as JSON."),
    secret: Type.Optional(secretText("Signs each notice, as standardwebhooks.com says: whsec_ and base64, or any text.")),
    headers: Type.Optional(Type.Record(Type.String({ pattern: "^[A-Za-z0-9-]+$" }), secretText("A header, such as Authorization."))),
  },
  { ...closed, description: "Posts the notice as JSON." },
);

const mail = Type.Object(
  {
    server: url("smtp://USER:PASSWORD@HOST:587, which changes to TLS where the server can, or smtps://HOST for TLS from the start."),
    from: Type.String({ minLength: 3, description: "The sender's address." }),
    to: Type.Array(Type.String({ minLength: 3 }), { minItems: 1, description: "The receivers' addresses." }),
  },
  { ...closed, description: "Sends a mail by SMTP." },
);

const command = Type.Array(Type.String({ minLength: 1 }), {
  minItems: 1,
  description: "A program and its arguments. It runs in the project's folder without a shell, and gets the notice as JSON on stdin.",
});

const channel = Type.Union([
  Type.Object({ slack: url("The URL of an incoming webhook of Slack, or of one that takes the same form."), ...common }, closed),
  Type.Object({ teams: url("The URL of a workflow of Teams that takes an adaptive card."), ...common }, closed),
  Type.Object({ webhook, ...common }, closed),
  Type.Object({ mail, ...common }, closed),
  Type.Object({ command, ...common }, closed),
]);

export const notify = Type.Object(
  {
    link: Type.Optional(
      Type.String({ pattern: "^https?://", description: "A page to link to in notices; {run_id}, {job} and {environment} are filled in." }),
    ),
    repeat_after: Type.Optional(
      Type.String({
        pattern: "^\\d+(\\.\\d+)?(s|m|h|d)$",
        description:
          "A job that keeps failing by the same cause is told again after so long, with the number of runs, and not before. 0s: each time. Default: 4h.",
      }),
    ),
    channels: Type.Record(Type.String({ pattern: "^[\\w.-]+$" }), channel, { description: "Who is told, by a name you choose." }),
  },
  { ...closed, description: "Tells people what happened to jobs." },
);

export type NotifySettings = Static<typeof notify>;
export type ChannelSettings = NotifySettings["channels"][string];
