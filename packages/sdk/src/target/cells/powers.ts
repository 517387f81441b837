/** Powers of ten that doubles hold exactly, so that a number of 15 digits divided by one is the double nearest to the quotient. */
const powers = Float64Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));

/**
 * A power of ten that a double holds exactly: `power` is from 0 to 22.
 * @example chunk.numbers[cell] / powerOfTen(chunk.kinds[cell] - cellKind.number)
 */
export function powerOfTen(power: number): number {
  return powers[power] as number;
}
