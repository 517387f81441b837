/** dbt in a tapline project. */
export * from "./generate/index.ts";
