/** What the server touches of the outside world besides its database. Injected, so that the simulator can drive it. */
export interface Clock {
  /** Wall clock, milliseconds since 1970. May jump. */
  nowMs(): number;
  /** Never goes back; starts anywhere. */
  monotonicMs(): number;
}

export interface Random {
  /** Cryptographically strong outside the simulator. */
  bytes(count: number): Uint8Array;
}

export interface Timers {
  /** Resolves after the time or as soon as the signal aborts; never rejects. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export interface Log {
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
}

export const SILENT_LOG: Log = { info: () => {}, warn: () => {}, error: () => {} };
