/** The part of tapline.yml that says who may use the page of `tapline serve`. */
import { type Static, Type } from "@tapline/protocol";
import { secretText } from "./secret-text.ts";

/** Each may do what those before it may. */
export const roles = ["read", "run", "edit"] as const;

export type Role = (typeof roles)[number];

const closed = { additionalProperties: false };

export const serverSettings = Type.Object(
  {
    tokens: Type.Optional(
      Type.Record(
        Type.String({ pattern: "^[\\w.-]+$" }),
        Type.Object(
          {
            token: secretText(
              "At least 20 characters, for the page and for the header Authorization: Bearer. It is a secret: write a $VARIABLE, { $file: … } or { $command: … }.",
            ),
            role: Type.Enum([...roles], {
              description: "read: look at everything. run: also start, cancel, pause. edit: also change states.",
            }),
          },
          closed,
        ),
        { description: "Who may use the page, by a name you choose. Without tokens, everybody on this machine may, and nobody elsewhere." },
      ),
    ),
    hosts: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), {
        description:
          "The names by which browsers reach the server, such as tapline.example.com. Requests for other names get no answer. Addresses and localhost need not be listed.",
      }),
    ),
    read_only: Type.Optional(Type.Boolean({ description: "Nobody can start, stop or change anything by the page. Default: false." })),
  },
  { ...closed, description: "The page of tapline serve." },
);

export type ServerSettings = Static<typeof serverSettings>;
