export * from "@tapline/protocol";
export { type Static, Type } from "typebox";
export * from "./config/define.ts";
export * from "./tap/define.ts";
export * from "./target/define.ts";
