/** Which run made the last commit that the store knows, so that a target can compare it with its ledger. */

/**
 * Run ids by entry of the target's ledger: "" is the entry of the state id, "/1", "/2", … those of its lanes. An entry that is not listed
 * is unknown, or a person accepted what the database holds.
 */
export type LastCommits = Readonly<Record<string, string>>;

/** The entry of the state id itself, not of a lane. */
export const mainEntry = "";
