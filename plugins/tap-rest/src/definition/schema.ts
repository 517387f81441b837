/** What the description of an API may say. Its JSON Schema is in `schemas/` for editors. */
import { type JsonSchema, type Static, Type } from "@tapline/sdk";

const text = (description: string) => Type.Optional(Type.String({ description }));
const flag = (description: string) => Type.Optional(Type.Boolean({ description }));
const number = (description: string) => Type.Optional(Type.Number({ description }));
const strict = { additionalProperties: false };
const value = Type.Union([Type.String(), Type.Number(), Type.Boolean()]);
const params = (description: string) => Type.Optional(Type.Record(Type.String(), Type.Union([value, Type.Array(value)]), { description }));
const duration = (description: string) => Type.Optional(Type.Union([Type.String(), Type.Number()], { description }));

const secretText = Type.String({ description: "Such as {{ config.token }}: a description holds no secrets" });

const auth = Type.Union(
  [
    Type.Object({ type: Type.Literal("basic"), username: Type.String(), password: Type.Optional(secretText) }, strict),
    Type.Object({ type: Type.Literal("bearer"), token: secretText }, strict),
    Type.Object(
      {
        type: Type.Literal("api_key"),
        name: Type.String({ description: "Of the header, parameter or cookie" }),
        value: secretText,
        in: Type.Optional(Type.Union([Type.Literal("header"), Type.Literal("query"), Type.Literal("cookie")])),
      },
      strict,
    ),
    Type.Object(
      {
        type: Type.Literal("oauth2"),
        token_url: Type.String(),
        grant: Type.Optional(
          Type.Union([
            Type.Literal("client_credentials"),
            Type.Literal("refresh_token"),
            Type.Literal("password"),
            Type.Literal("jwt_bearer"),
          ]),
        ),
        client_id: text("Of the application"),
        client_secret: Type.Optional(secretText),
        refresh_token: Type.Optional(secretText),
        username: text("For the grant password"),
        password: Type.Optional(secretText),
        scope: text("What is asked for"),
        client_auth: Type.Optional(Type.Union([Type.Literal("body"), Type.Literal("basic")])),
        send_json: flag("The request for a token is JSON"),
        params: Type.Optional(Type.Record(Type.String(), Type.String())),
        lifetime: number("Seconds that a token is good for, where the server does not say"),
        key: Type.Optional(Type.String({ description: "For jwt_bearer: the private key, in PEM" })),
        algorithm: text("For jwt_bearer: RS256, ES256, HS256, …"),
        claims: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
      },
      strict,
    ),
    Type.Object(
      {
        type: Type.Literal("jwt"),
        key: secretText,
        algorithm: text("RS256 (default), RS384, RS512, ES256, HS256, HS384 or HS512"),
        claims: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
        header: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
        lifetime: number("Seconds. Default: 600"),
      },
      strict,
    ),
    Type.Object(
      {
        type: Type.Literal("aws"),
        access_key_id: Type.String(),
        secret_access_key: secretText,
        session_token: Type.Optional(secretText),
        region: Type.String(),
        service: Type.String(),
      },
      strict,
    ),
    Type.Object(
      {
        type: Type.Literal("device_code"),
        device_url: Type.String({ description: "Gives the code that a person types" }),
        token_url: Type.String(),
        client_id: Type.String(),
        client_secret: Type.Optional(secretText),
        scope: text("What is asked for"),
      },
      strict,
    ),
    Type.Object(
      {
        type: Type.Literal("tokens"),
        tokens: Type.Array(secretText, { minItems: 1, description: "The next one when one has no quota left" }),
      },
      strict,
    ),
    Type.Object(
      {
        type: Type.Literal("hmac"),
        secret: secretText,
        message: Type.String({
          description: "What is signed, of {{ method }}, {{ path }}, {{ query }}, {{ body }} and {{ timestamp }}, in seconds",
        }),
        header: Type.String({ description: "Gets the signature" }),
        value: text("What the header gets, of {{ signature }} and {{ timestamp }}. Default: the signature"),
        headers: Type.Optional(Type.Record(Type.String(), Type.String(), { description: "Beside it, of {{ timestamp }}" })),
        algorithm: Type.Optional(
          Type.Union([Type.Literal("sha1"), Type.Literal("sha256"), Type.Literal("sha384"), Type.Literal("sha512")]),
        ),
        encoding: Type.Optional(Type.Union([Type.Literal("hex"), Type.Literal("base64"), Type.Literal("base64url")])),
      },
      strict,
    ),
    Type.Object(
      {
        type: Type.Literal("login_steps"),
        steps: Type.Array(
          Type.Object(
            {
              url: Type.String(),
              method: Type.Optional(Type.Union([Type.Literal("GET"), Type.Literal("POST"), Type.Literal("PUT")])),
              headers: Type.Optional(Type.Record(Type.String(), Type.String())),
              body: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
              take: Type.Record(Type.String(), Type.String(), {
                description: "Names for later steps, as {{ taken.NAME }}: a path into the answer, header:NAME or cookie:NAME",
              }),
            },
            strict,
          ),
          { minItems: 1, description: "Requests, one after another" },
        ),
        send: Type.Record(Type.String(), Type.String(), { description: "Headers of each request, of {{ taken.NAME }}" }),
        lifetime: number("Seconds that it is good for. Default: until it is refused"),
      },
      strict,
    ),
    Type.Object(
      {
        type: Type.Literal("login"),
        url: Type.String({ description: "The request that answers with a token" }),
        body: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
        headers: Type.Optional(Type.Record(Type.String(), Type.String())),
        token: Type.String({ description: "Where the token is: a path into the answer, header:NAME or cookie:NAME" }),
        send_as: Type.Optional(Type.String({ description: "The header that gets it as it is. Default: authorization, after `Bearer`" })),
        lifetime: number("Seconds that it is good for. Default: until it is refused"),
      },
      strict,
    ),
  ],
  { description: "Credentials. They go to the API's own host only" },
);

const tokenPlace = {
  param: text("The parameter of the query that gets the token"),
  header: text("The header that gets it"),
  body: text("The place in the body that gets it, such as variables.after"),
};
const size = { size: number("Records a page"), size_param: text("The parameter that gets it") };
const hasMore = { has_more: text("A path: whether there are more pages") };
const atEnd = { at_end: text("A path: whether this is the last page, although it has a token") };
const ends = {
  ...hasMore,
  total: text("A path: the number of all records"),
  until: Type.Optional(
    Type.Union([Type.Literal("empty"), Type.Literal("short")], {
      description: "What ends the list: a page without records (default), or one that is not full",
    }),
  ),
};

const paging = Type.Union(
  [
    Type.Object({ type: Type.Literal("none") }, strict),
    Type.Object(
      {
        type: Type.Literal("page"),
        start: number("Default: 1"),
        pages: text("A path: the number of pages"),
        ...size,
        ...ends,
        ...tokenPlace,
      },
      strict,
    ),
    Type.Object(
      { type: Type.Literal("offset"), ...size, size: Type.Number(), start: number("Default: 0"), ...ends, ...tokenPlace },
      strict,
    ),
    Type.Object(
      {
        type: Type.Literal("cursor"),
        next: Type.String({ description: "The token: a path into the answer, header:NAME, or record:PATH of the last record" }),
        stop_on_empty: flag("A page without records ends the list although there is a token"),
        ...size,
        ...hasMore,
        ...atEnd,
        ...tokenPlace,
      },
      strict,
    ),
    Type.Object(
      {
        type: Type.Literal("link"),
        next: text("A path to the address of the next page. Default: the header Link"),
        rel: text("Of the header. Default: next"),
        ...size,
        ...hasMore,
        ...atEnd,
      },
      strict,
    ),
  ],
  { description: "How a list is cut into pages" },
);

const incremental = Type.Object(
  {
    cursor: Type.String({ description: "The column whose value only grows" }),
    start_param: text("The parameter of the query that gets the bookmark"),
    end_param: text("The parameter that gets the end"),
    start: text("Where the first run starts"),
    end: text("Where reading ends. Default: now, where it is sent"),
    format: text("iso, date, unix, unix_ms, a pattern such as %Y%m%d, or number for a count"),
    lookback: duration("So much before the bookmark is read again: seconds, ISO 8601, or a count"),
    step: duration("Time is read in steps: seconds or ISO 8601"),
    granularity: duration("Where the end is inclusive: a step ends so much before the next"),
    order: Type.Optional(Type.Union([Type.Literal("asc"), Type.Literal("desc")])),
  },
  strict,
);

const rate = Type.Object(
  {
    requests: Type.Number(),
    per_seconds: number("Default: 1"),
    window: Type.Optional(
      Type.Union([Type.Literal("even"), Type.Literal("moving"), Type.Literal("fixed")], {
        description: "Spread evenly after the first `burst` (default), at most so many in any such time, or in each from its full start on",
      }),
    ),
    burst: number("Default: 1"),
  },
  strict,
);

const response = Type.Object(
  {
    status: Type.Optional(Type.Array(Type.Union([Type.Integer(), Type.String()]), { description: "Codes, or classes such as 5xx" })),
    text: text("The answer holds this text"),
    path: text("A path into the answer that must lead to a value, other than false, null, an empty text and an empty list"),
    action: Type.Union([
      Type.Literal("accept"),
      Type.Literal("ignore"),
      Type.Literal("retry"),
      Type.Literal("fail"),
      Type.Literal("refresh"),
    ]),
    message: text("Is shown when it fails"),
  },
  strict,
);

const requestParts = {
  method: Type.Optional(Type.Union([Type.Literal("GET"), Type.Literal("POST"), Type.Literal("PUT")])),
  query: params("Parameters"),
  headers: params("Headers"),
  body: Type.Optional(Type.Unknown({ description: "Is sent as JSON" })),
  form: params("Is sent as a form"),
};

const streamSettings = {
  ...requestParts,
  keys: Type.Optional(Type.Array(Type.String())),
  records: text("Where the records are, as $.data[*]. Default: the answer itself"),
  records_optional: flag("The list may be missing when it is empty"),
  format: Type.Optional(Type.Union([Type.Literal("json"), Type.Literal("jsonl"), Type.Literal("csv"), Type.Literal("xml")])),
  delimiter: text("Of CSV"),
  paging: Type.Optional(paging),
  incremental: Type.Optional(incremental),
  responses: Type.Optional(Type.Array(response)),
  add: Type.Optional(
    Type.Record(Type.String(), value, {
      description: "Columns that are made of {{ record.NAME.NAME }}, {{ config.NAME }}, {{ parent.NAME }} or of a text",
    }),
  ),
  drop: Type.Optional(Type.Array(Type.String(), { description: "Columns that are left out" })),
  rename: Type.Optional(Type.Record(Type.String(), Type.String(), { description: "Old and new names of columns" })),
};

const stream = Type.Object(
  {
    name: Type.String(),
    description: text("For people"),
    path: Type.String({ description: "After the address of the API; or a whole address. Values that are filled in are encoded" }),
    ...streamSettings,
    schema: Type.Optional(
      Type.Unsafe<JsonSchema>({ type: "object", description: "JSON Schema of a record. Default: made from the records" }),
    ),
    partitions: Type.Optional(Type.Array(Type.Record(Type.String(), value), { description: "The list is read once for each of these" })),
    parent: text("The stream for each of whose records the list is read"),
    parent_rows: Type.Optional(Type.Union([Type.Literal("all"), Type.Literal("changed")])),
    from_parent: Type.Optional(
      Type.Record(Type.String(), Type.String(), { description: "Columns that get a value of the parent: their name, and its" }),
    ),
    from_partition: Type.Optional(Type.Record(Type.String(), Type.String())),
  },
  strict,
);

export const definitionSchema = Type.Object(
  {
    name: Type.String({ description: "Of the API" }),
    description: text("For people"),
    url: Type.String({ description: "The address that paths of streams are put after" }),
    values: Type.Optional(
      Type.Record(
        Type.String(),
        Type.Object({ description: text("For people"), default: Type.Optional(value), secret: flag("Default: true") }, strict),
        { description: "What the description asks for as {{ config.NAME }}" },
      ),
    ),
    auth: Type.Optional(auth),
    headers: params("With each request"),
    query: params("With each request"),
    trust: Type.Optional(Type.Array(Type.String(), { description: "Other hosts that get the credentials too" })),
    rate: Type.Optional(Type.Union([rate, Type.Array(rate)], { description: "One limit, or several that hold together" })),
    rate_headers: Type.Optional(Type.Object({ remaining: Type.String(), reset: Type.String() }, strict)),
    concurrency: number("Requests at a time. Default: 4"),
    timeout: number("Seconds without a byte. Default: 60"),
    total_timeout: number("Seconds for a whole answer. Default: 900"),
    retry_wait: number("Seconds before the second attempt, doubled each time. Default: 1"),
    retries: number("Attempts after the first. Default: 5"),
    max_wait: number("The longest pause in seconds that a server may ask for. Default: 900"),
    responses: Type.Optional(Type.Array(response)),
    defaults: Type.Optional(Type.Object(streamSettings, { ...strict, description: "For streams that do not say otherwise" })),
    streams: Type.Array(stream, { minItems: 1 }),
  },
  { ...strict, description: "The description of an API for tap-rest" },
);

export type Definition = Static<typeof definitionSchema>;
export type StreamSettings = Definition["streams"][number];
export type AuthSettings = NonNullable<Definition["auth"]>;
export type PagingSettings = NonNullable<StreamSettings["paging"]>;
export type ResponseSettings = NonNullable<Definition["responses"]>[number];
