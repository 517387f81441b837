/** The failures of taps that read REST APIs. Messages show a request by its method and address, without credentials. */
import { defineErrors, type ErrorEntry } from "@tapline/sdk";

const json = (value: unknown): string => JSON.stringify(value);

export const restErrorCatalogue = {
  rest_stream_invalid: {
    class: "config",
    message: (p: { stream: string; why: string }) => `The stream ${json(p.stream)} can't be read: ${p.why}`,
    hint: "Correct the definition of the stream.",
  },
  rest_url_invalid: {
    class: "config",
    message: (p: { url: string }) => `${json(p.url)} is not an address of a web server`,
    hint: "Give the base address with its scheme, such as https://api.example.com/v1.",
  },
  request_failed: {
    class: "connection",
    recovery: "retry",
    message: (p: { request: string; attempts: number; reason: string }) =>
      `${p.request} got no whole answer in ${p.attempts} ${p.attempts === 1 ? "attempt" : "attempts"}: ${p.reason}`,
    hint: "Check that the server can be reached from here, or raise `timeout` or `retries` of the API. The next run continues from the last bookmark.",
  },
  server_failing: {
    class: "connection",
    recovery: "retry",
    message: (p: { request: string; status: number; attempts: number; answer: string }) =>
      `${p.request} was answered with ${p.status} in ${p.attempts} ${p.attempts === 1 ? "attempt" : "attempts"}${p.answer}`,
    hint: "The server can't answer now. Run again later, or lower the rate of requests. The next run continues from the last bookmark.",
  },
  rate_limited: {
    class: "connection",
    recovery: "retry",
    message: (p: { request: string; seconds: number; most: number }) =>
      `${p.request}: the server asks to wait ${p.seconds} seconds, which is longer than the ${p.most} of \`maxWait\``,
    hint: "Run again after that time, or raise `maxWait`. The next run continues from the last bookmark.",
  },
  request_unauthorized: {
    class: "config",
    message: (p: { request: string; status: number; answer: string }) => `${p.request} was refused with ${p.status}${p.answer}`,
    hint: "Check the credentials in the settings, and that they may read this.",
  },
  request_refused: {
    class: "config",
    message: (p: { request: string; status: number; answer: string }) => `${p.request} was answered with ${p.status}${p.answer}`,
    hint: "Correct the request. Where this answer is to be expected, name it in `responses` with what to do.",
  },
  answer_failed: {
    class: "data",
    message: (p: { request: string; why: string }) => `${p.request} was answered with an error: ${p.why}`,
    hint: "The answer's own text says what is wrong. Where it is to be expected, name it in `responses` with what to do.",
  },
  answer_unreadable: {
    class: "data",
    message: (p: { request: string; form: string; reason: string; start: string }) =>
      `${p.request}: the answer is no ${p.form}: ${p.reason}. It begins with ${json(p.start)}`,
    hint: "Check the address, and the `format` of the stream.",
  },
  answer_too_long: {
    class: "data",
    message: (p: { request: string; limit: number }) => `${p.request}: one value of the answer is longer than ${p.limit} bytes`,
    hint: "Ask for smaller pages, or check that `records` names the list of records.",
  },
  records_missing: {
    class: "config",
    message: (p: { request: string; path: string; found: string }) => `${p.request}: the answer has nothing at ${p.path}; it is ${p.found}`,
    hint: "Correct `records`. Where the API leaves the list out when it is empty, say `recordsOptional`.",
  },
  record_invalid: {
    class: "data",
    message: (p: { request: string; path: string; found: string }) =>
      `${p.request}: ${p.path} gives ${p.found} where a record, an object, is expected`,
    hint: "Correct `records`, or turn the value into a record with `map`.",
  },
  path_invalid: {
    class: "config",
    message: (p: { path: string; why: string }) => `The path ${json(p.path)} can't be read: ${p.why}`,
    hint: 'Write it as $.data.items[*], with ["…"] for names that hold other signs than letters, digits, _ and -.',
  },
  paging_repeats: {
    class: "data",
    message: (p: { page: number; token: string }) => `Page ${p.page} names ${json(p.token)} as the next page, which was read before`,
    hint: "The paging would never end. Check which value of the answer leads to the next page, and how it is sent.",
  },
  page_repeats: {
    class: "data",
    message: (p: { page: number; request: string }) => `Page ${p.page} has the records of page ${p.page - 1} again (${p.request})`,
    hint: 'The server does not take the parameter of the paging. Check its name; for an API without pages say `paging: { type: "none" }`.',
  },
  paging_invalid: {
    class: "data",
    message: (p: { page: number; what: string; found: string }) => `Page ${p.page}: ${p.what} is ${p.found}`,
    hint: "Check the paths of `paging` against an answer of the API.",
  },
  redirect_refused: {
    class: "config",
    message: (p: { request: string; target: string; why: string }) => `${p.request} is redirected to ${p.target}: ${p.why}`,
    hint: "Give the new address in the settings if you trust it.",
  },
  token_refused: {
    class: "config",
    message: (p: { request: string; reason: string }) => `No access token: ${p.request} answered ${p.reason}`,
    hint: "Check the credentials for tokens in the settings. A refresh token that was used elsewhere, or taken back, needs a new login.",
  },
  credentials_invalid: {
    class: "config",
    message: (p: { what: string; reason: string }) => `${p.what} can't be used: ${p.reason}`,
    hint: "Check the credentials in the settings.",
  },
  secret_not_kept: {
    class: "connection",
    message: (p: { name: string; reason: string }) => `The new ${p.name} could not be kept, and is not used: ${p.reason}`,
    hint: "Make the place writable. The server may have ended the old one: if the next run is refused, log in again.",
  },
  secret_place_missing: {
    class: "config",
    message: (p: { name: string }) => `The server gave a new ${p.name} in place of the old one, and there is no place to keep it`,
    hint: "Run the tap with `tapline run`, which keeps it, or set `secrets_file` to a file that only you can read.",
  },
  job_failed: {
    class: "data",
    message: (p: { request: string; status: string }) => `The job ended with the status ${json(p.status)} (${p.request})`,
    hint: "Look into the API's own log of jobs. Smaller steps of time may help.",
  },
  job_late: {
    class: "connection",
    recovery: "retry",
    message: (p: { request: string; seconds: number; status: string }) =>
      `The job is not done after ${p.seconds} seconds: its status is ${json(p.status)} (${p.request})`,
    hint: "Raise `timeout` of the job, or ask for less with smaller steps.",
  },
} as const satisfies Record<string, ErrorEntry>;

export const restErrors = defineErrors(restErrorCatalogue);
