/** A batch has a record that deletes the row of its key, and the rows land where there may be none. Thrown before any row of its chunk counts. */
export class DeletesArrived extends Error {}
