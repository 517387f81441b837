/** Which process, on which machine, a run is at work in. */

export interface ProcessIdentity {
  pid: number;
  /** The system's start time of the process; only compared, never read. "" when the process was gone before it could be asked for. */
  started: string;
}

export interface Runner extends ProcessIdentity {
  /** Identifies one boot of a machine; only compared. Missing in runs from before there were leases: those were on this machine. */
  host?: string;
  /** Identifies the machine over its reboots; missing where that is not certain. */
  machine?: string;
  /** For people. */
  hostname?: string;
}
