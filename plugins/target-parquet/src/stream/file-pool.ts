/** The open files of all streams: how many there are, and how much memory their rows take, has a bound. */
import { Lane } from "@tapline/columns";
import type { OpenFile } from "./open-file.ts";

/** Each has a file descriptor and, as soon as it has rows, buffers of some megabytes. */
const mostFiles = 32;
const mostWaitingBytes = 96 << 20;
/** Of rows that other threads compress. */
const mostCompressingBytes = 96 << 20;

export type Lanes = (index: number) => Lane;

interface Member {
  file: OpenFile;
  lanes: Lanes;
  /** Called when the file has to end so that another one can begin. */
  end: () => void;
}

export class FilePool {
  /** The file that got rows last is the last one. */
  readonly #members = new Map<OpenFile, Member>();
  readonly #spareLanes: Lanes[] = [];
  readonly #compressing = new Map<Promise<void>, number>();

  /** Makes a file, for which the one that has waited longest for rows may end. */
  make(create: (lanes: Lanes) => OpenFile, end: (file: OpenFile) => void): OpenFile {
    const [oldest] = this.#members.values();
    if (this.#members.size >= mostFiles) oldest?.end();
    const lanes = this.#spareLanes.pop() ?? newLanes();
    const file = create(lanes);
    this.#members.set(file, { file, lanes, end: () => end(file) });
    return file;
  }

  /** Call it after rows were added to the file. */
  grew(file: OpenFile): void {
    const member = this.#members.get(file);
    if (member === undefined) return;
    this.#members.delete(file);
    this.#members.set(file, member);
    const files = [...this.#members.keys()];
    const waiting = files.reduce((sum, each) => sum + each.waitingBytes, 0);
    if (waiting <= mostWaitingBytes) return;
    files.reduce((largest, each) => (each.waitingBytes > largest.waitingBytes ? each : largest)).flush();
  }

  /** Other threads compress rows of that many bytes, and then they are written. */
  compresses(work: Promise<void>, bytes: number): void {
    const done = (): void => void this.#compressing.delete(work);
    this.#compressing.set(work, bytes);
    work.then(done, done);
  }

  /** Resolves when there is room for more rows. */
  async hasRoom(): Promise<void> {
    while (this.#compressingBytes() > mostCompressingBytes) await Promise.race(this.#compressing.keys()).catch(() => {});
  }

  #compressingBytes(): number {
    return [...this.#compressing.values()].reduce((sum, bytes) => sum + bytes, 0);
  }

  /** The file was finished or dropped: its buffers are free. */
  ended(file: OpenFile): void {
    const member = this.#members.get(file);
    if (member !== undefined) this.#spareLanes.push(member.lanes);
    this.#members.delete(file);
  }
}

function newLanes(): Lanes {
  const lanes: Lane[] = [];
  return (index) => {
    lanes[index] ??= new Lane();
    return lanes[index];
  };
}
