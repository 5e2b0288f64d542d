import { idField, parkField } from '@skygate/shared/events/fields';
import { type BookingsAnswer, bookingsQuery, cancelBody, holdBody } from '@skygate/shared/hq-api/bookings';
import type { Result } from '@skygate/shared/lib/result';
import Type from 'typebox';
import type { HqApp } from '../hq-app.ts';
import type { HqDeps } from '../hq-deps.ts';
import { hqProblem, noTicketKey } from '../hq-problem.ts';
import { knownPark, parkParams } from '../park-address.ts';
import { actorOfRequest } from '../session/session-routes.ts';
import { type BookingProblem, cancelBooking, confirmBooking, holdBooking } from './book.ts';
import { bookingItemsOf, ticketsOfBooking } from './booking-rows.ts';

const MINUTE_MS = 60_000;
const bookingParams = Type.Object({ park: parkField, booking: idField });
const path = '/parks/:park/bookings/:booking';

/** What HQ sells itself, by telephone for now (C1). */
export function bookingRoutes(app: HqApp, deps: HqDeps): void {
  const { reader } = deps.database;

  app.get(
    '/parks/:park/bookings',
    { schema: { params: parkParams, querystring: bookingsQuery } },
    async (request): Promise<BookingsAnswer> => {
      const park = await knownPark(reader, request.params.park);
      return { bookings: [...(await bookingItemsOf(reader, park, request.query.date))] };
    },
  );

  app.put(path, { schema: { params: bookingParams, body: holdBody } }, async (request) => {
    const park = await knownPark(reader, request.params.park);
    const { channel, lines, holdMinutes } = request.body;
    const expiresMs = deps.clock.nowMs() + holdMinutes * MINUTE_MS;
    const command = { bookingId: request.params.booking, channel, lines, expiresMs };
    requireOk(await holdBooking(deps, { park, command, actor: actorOfRequest(request) }));
    return { bookingId: request.params.booking };
  });

  app.post(`${path}/confirm`, { schema: { params: bookingParams } }, async (request) => {
    const park = await knownPark(reader, request.params.park);
    const bookingId = request.params.booking;
    requireOk(await confirmBooking(deps, { park, bookingId, actor: actorOfRequest(request) }));
    return { bookingId, tickets: await ticketsOfBooking(reader, park, bookingId) };
  });

  app.post(`${path}/cancel`, { schema: { params: bookingParams, body: cancelBody } }, async (request) => {
    const park = await knownPark(reader, request.params.park);
    const command = { bookingId: request.params.booking, reason: request.body.reason.trim() };
    requireOk(await cancelBooking(deps, { park, command, actor: actorOfRequest(request) }));
    return { bookingId: request.params.booking };
  });
}

/** @throws Problem that names what is in the way */
function requireOk(result: Result<null, BookingProblem>): void {
  if (result.ok) return;
  const { error } = result;
  switch (error.code) {
    case 'no_places': {
      const { asked, left, slot, date } = error.data;
      throw hqProblem('no_places', `body /lines take ${asked} places, ${left} left of ${slot} on ${date}`, { left });
    }
    case 'reports_missing': {
      const { missing, kiosks } = error.data;
      throw hqProblem('recovering', `${missing} of ${kiosks} kiosks have not reported since the server was restored`);
    }
    case 'no_ticket_key':
      throw noTicketKey();
    case 'booking_unknown':
      throw hqProblem('not_found', `There is no booking ${error.data.bookingId}.`);
    case 'booking_over':
      throw hqProblem('booking_over', `The booking ${error.data.bookingId} is ${error.data.status}.`);
    case 'booking_differs':
      throw hqProblem('exists_already', `The booking ${error.data.bookingId} is of something else.`);
    default:
      throw hqProblem('invalid', `body /lines ${error.code} ${JSON.stringify(error.data)}`);
  }
}
