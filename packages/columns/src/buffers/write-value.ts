/** Writes one value that is not null at `at`. @throws Refusal */
export type WriteValue = (view: DataView, at: number, value: unknown) => void;
