/** Ends what a session is doing. */
import { openSession, type Session } from "./session.ts";

/** Through another session, as the login's role: the role of the settings may not cancel what the login began. */
export async function cancelStatement({ options, client, processId }: Session): Promise<void> {
  try {
    await using other = await openSession({ ...options, role: undefined });
    await other.execute(`SELECT pg_catalog.pg_cancel_backend(${processId})`);
  } catch {
    // No other session can be had: the server cancels the statement when it notices that the connection is closed.
    await client.end().catch(() => {});
  }
}
