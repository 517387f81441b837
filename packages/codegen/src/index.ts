/** Makes TypeScript of what describes rows; `tapline codegen` uses it. */
export { type DescribedRows, describedRows, type Form, forms, type ReadOptions } from "./described-rows.ts";
export { codegenErrorCatalogue } from "./errors.ts";
export { typescriptOf } from "./typescript.ts";
