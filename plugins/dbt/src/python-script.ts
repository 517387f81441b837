/** Where the Python script is that starts dbt. In a file directly in `src`, because a bundle is one folder below the package, as this file is. */
import { fileURLToPath } from "node:url";

export const pythonScript = fileURLToPath(new URL("../python/start_dbt.py", import.meta.url));
