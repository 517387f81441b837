/** Makes TypeScript of what describes rows; `tapline codegen` uses it. */
export { describedRows, type Form, forms, type ReadOptions } from "./described-rows.ts";
export { codegenErrorCatalogue } from "./errors.ts";
export type { DescribedRows } from "./model.ts";
export { typescriptOf } from "./typescript.ts";
