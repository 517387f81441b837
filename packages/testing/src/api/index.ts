/** For tests of taps that read APIs. */
export { type Cassette, type CassetteOptions, cassette } from "./cassette.ts";
export { type PagesOptions, pages, type Trouble, withTokens, withTroubles } from "./handlers.ts";
export { type Api, type ApiAnswer, type ApiHandler, type ApiRequest, type Fault, serveApi } from "./server.ts";
