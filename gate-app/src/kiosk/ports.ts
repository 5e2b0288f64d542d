/**
 * Everything of the outside world that kiosk and sync code touches, besides its own SQLite file. Injected from the
 * first day so that the simulator runs the same code with a seeded clock, network and randomness.
 */
export interface Clock {
  /** Wall clock, milliseconds since 1970. May jump. */
  nowMs(): number;
  /** Never goes back; starts anywhere. */
  monotonicMs(): number;
}

export interface Random {
  /** Cryptographically strong outside the simulator. */
  bytes(count: number): Uint8Array;
  /** Uniform in [0, 1): for jitter. */
  fraction(): number;
}

export interface Timers {
  /** Resolves after the time or as soon as the signal aborts; never rejects. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  /** Below the server's address: `/sync/push`. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text or a form; compressed by the transport where that pays. */
  readonly body: string | null;
  readonly timeoutMs: number;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** One request to the sync server. Rejects with a NetworkError where no answer came (the request may have arrived). */
export interface Transport {
  request(serverUrl: string, request: HttpRequest, signal: AbortSignal): Promise<HttpResponse>;
}

export class NetworkError extends Error {
  override readonly name = 'NetworkError';
}

export interface Log {
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
}
