/** The settings for files and for DuckDB's extensions. */
import { Type } from "@tapline/sdk";

export const fileSettings = {
  extensions: Type.Optional(
    Type.Array(Type.String({ minLength: 1 }), {
      description:
        "Extensions of DuckDB to load, by name, or by the path of a .duckdb_extension file: httpfs for s3://. They must be installed; nothing is downloaded.",
    }),
  ),
};
