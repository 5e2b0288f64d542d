import type { FastifyInstance } from 'fastify';
import type { HqNodeDeps } from './hq-node/append-hq-events.ts';
import type { Log, Timers } from './ports.ts';
import type { Projections } from './projections/projections.ts';

/** Everything routes are built from. Each takes only what it uses. */
export interface ServerDeps extends HqNodeDeps {
  readonly timers: Timers;
  readonly log: Log;
  readonly projections: Projections;
  /** Requests a minute and address on /sync/enrol, /sync/nonce and /sync/token; null for none (simulator). */
  readonly rateLimits: { readonly perMinute: number } | null;
  /** Aborted when the server stops: waiting requests answer at once. */
  readonly stopping: AbortSignal;
}

/** Adds a feature's routes (HQ's, in `hq/`). */
export type Feature = (app: FastifyInstance, deps: ServerDeps) => Promise<void> | void;

/** The HTTP application, not listening yet: `app.inject` drives it in tests and in the simulator. */
export declare function buildApp(deps: ServerDeps, features?: readonly Feature[]): Promise<FastifyInstance>;
