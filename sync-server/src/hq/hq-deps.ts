import type { ServerDeps } from '../app.ts';

/** What HQ's routes are built from, beyond the server's own. */
export interface HqDeps extends ServerDeps {
  /** How kiosks reach this server (`https://hq.example`), for the QR of the enrolment; null: as the browser did. */
  readonly publicUrl: string | null;
}
