export * from "./errors.ts";
export * from "./json.ts";
export * from "./message.ts";
