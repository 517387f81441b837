/** Integers and times as the server keeps them: big-endian, counted from 2000-01-01. Pure. */
import type { Clock } from "@tapline/columns";

/** From 1970-01-01. */
const epochDays = 10_957;
const epochSeconds = epochDays * 86_400;

/** An integer that a double holds exactly. */
export function setInteger(view: DataView, at: number, width: 2 | 4 | 8, value: number): void {
  if (width === 8) setSafeInt64(view, at, value);
  else if (width === 4) view.setInt32(at, value);
  else view.setInt16(at, value);
}

/** Two 32-bit writes, so that no value needs a BigInt. */
function setSafeInt64(view: DataView, at: number, value: number): void {
  view.setInt32(at, Math.floor(value / 4294967296));
  view.setInt32(at + 4, value);
}

/** `day`: since 1970-01-01. */
export function setDay(view: DataView, at: number, day: number): void {
  view.setInt32(at, day - epochDays);
}

/** `clock`: since 1970-01-01. */
export function setMicros(view: DataView, at: number, { seconds, micros }: Clock): void {
  setClock(view, at, seconds - epochSeconds, micros);
}

/** Microseconds exceed a double's 53 bits 285 years before and after the year 2000. */
export function setClock(view: DataView, at: number, seconds: number, micros: number): void {
  const total = seconds * 1_000_000 + micros;
  if (Number.isSafeInteger(total)) setSafeInt64(view, at, total);
  else view.setBigInt64(at, BigInt(seconds) * 1_000_000n + BigInt(micros));
}
