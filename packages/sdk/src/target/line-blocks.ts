/**
 * Memory for lines that wait, used again and again. With a new buffer for each piece of the input, the garbage collector takes a quarter of
 * a load's processor time.
 */

/** Larger blocks hold one long line and are not kept. */
const largest = 1 << 20;
const smallest = 1 << 12;

const free = new Map<number, Buffer[]>();

/** @param bytes how many it must have @param wanted how many it should have */
export function takeBlock(bytes: number, wanted: number): Buffer {
  const size = Math.max(bytes, Math.min(largest, Math.max(smallest, wanted)));
  if (size > largest) return Buffer.allocUnsafeSlow(size);
  const rounded = 2 ** Math.ceil(Math.log2(size));
  return free.get(rounded)?.pop() ?? Buffer.allocUnsafeSlow(rounded);
}

/** Nobody may read the blocks afterwards. */
export function giveBackBlocks(blocks: readonly Buffer[]): void {
  for (const block of blocks) {
    if (block.length > largest) continue;
    const same = free.get(block.length);
    if (same === undefined) free.set(block.length, [block]);
    else same.push(block);
  }
}
