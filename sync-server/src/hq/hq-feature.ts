import type { FastifyInstance } from 'fastify';
import type { Feature } from '../app.ts';
import { createBookingExpiry } from './bookings/booking-expiry.ts';
import { bookingRoutes } from './bookings/booking-routes.ts';
import { capacityRoutes } from './capacity/capacity-routes.ts';
import { caseRoutes } from './cases/case-routes.ts';
import { catalogueRoutes } from './catalogue/catalogue-routes.ts';
import { publicationRoutes } from './catalogue/publication-routes.ts';
import { typedByTypeBox } from './hq-app.ts';
import type { HqDeps } from './hq-deps.ts';
import { keyRoutes } from './keys/key-routes.ts';
import { kioskRoutes } from './kiosks/kiosk-routes.ts';
import { revokeRoutes } from './kiosks/revoke-routes.ts';
import { nowRoutes } from './now/now-routes.ts';
import { parkRoutes } from './parks/park-routes.ts';
import { quarantineRoutes } from './quarantine/quarantine-routes.ts';
import { recoveryRoutes } from './recovery/recovery-routes.ts';
import { refuseForeignOrigin, requireSession, sessionRoutes } from './session/session-routes.ts';
import { ensureFirstUser, type FirstUser } from './session/users.ts';
import { staffRoutes } from './staff/staff-routes.ts';
import { textRoutes } from './texts/text-routes.ts';
import { ticketRoutes } from './tickets/ticket-routes.ts';

export interface HqOptions {
  /** Made at start if nobody has this e-mail address; null for none. */
  readonly firstUser: FirstUser | null;
  /** How kiosks reach this server; null: as the browser of the person who enrols them does. */
  readonly publicUrl: string | null;
}

export const HQ_PREFIX = '/api/v1/hq';

/** HQ's routes under `/api/v1/hq`. */
export const hqFeature =
  ({ firstUser, publicUrl }: HqOptions): Feature =>
  async (app, server) => {
    if (firstUser) await ensureFirstUser(server, firstUser);
    const deps: HqDeps = { ...server, publicUrl };
    await app.register((scope: FastifyInstance) => hqScope(scope, deps), { prefix: HQ_PREFIX });
    expireBookings(app, deps);
  };

/** While the server listens, holds end when their time is over; those that ended while it was down, at its start. */
function expireBookings(app: FastifyInstance, deps: HqDeps): void {
  const expiry = createBookingExpiry(deps);
  let running: Promise<void> = Promise.resolve();
  app.addHook('onListen', async () => {
    running = expiry.run();
  });
  app.addHook('onClose', () => running);
}

async function hqScope(scope: FastifyInstance, deps: HqDeps): Promise<void> {
  scope.decorateRequest('hqSession', null);
  scope.addHook('onRequest', async (request) => refuseForeignOrigin(request));
  await scope.register(async (open) => {
    sessionRoutes(typedByTypeBox(open), deps);
  });
  await scope.register(async (inner) => {
    inner.addHook('onRequest', async (request) => {
      request.hqSession = await requireSession(deps, request);
    });
    const app = typedByTypeBox(inner);
    nowRoutes(app, deps);
    parkRoutes(app, deps);
    recoveryRoutes(app, deps);
    catalogueRoutes(app, deps);
    publicationRoutes(app, deps);
    kioskRoutes(app, deps);
    quarantineRoutes(app, deps);
    revokeRoutes(app, deps);
    keyRoutes(app, deps);
    caseRoutes(app, deps);
    capacityRoutes(app, deps);
    bookingRoutes(app, deps);
    staffRoutes(app, deps);
    textRoutes(app, deps);
    ticketRoutes(app, deps);
  });
}
