import type { Event } from '@skygate/shared/events/envelope';
import { LEAVER } from './headquarters.ts';
import type { Check } from './invariants.ts';
import type { PullSeen } from './network.ts';

/**
 * T1, T5: who had pulled past a void, or past the revocation of a key that does not cover the ticket, lets nobody in with
 * it. A log that began anew has other positions, and a disk that was put back has forgotten.
 */
export const goByWhatIsLearnt: Check = ({ book, server, pulls, imaged }, report) => {
  if (pulls === null) return;
  const refused = refusedFrom(server.events);
  for (const { kiosk, ticketId, outcome, atMs } of book.admissions) {
    const position = outcome === 'admitted' && !imaged.has(kiosk) ? refused.get(ticketId) : undefined;
    if (position !== undefined && hadPulled(pulls, { kiosk, atMs }) >= position) {
      report(`${kiosk} let in with ${ticketId} at ${atMs}, refused since ${position}`);
    }
  }
};

const hadPulled = (pulls: readonly PullSeen[], at: { readonly kiosk: string; readonly atMs: number }): number =>
  pulls.reduce(
    (most, pull) => (pull.kiosk === at.kiosk && pull.atMs <= at.atMs ? Math.max(most, pull.after) : most),
    0,
  );

/** From which position on a ticket is good no more. */
function refusedFrom(events: readonly (Event & { readonly position: number })[]): ReadonlyMap<string, number> {
  const refused = new Map<string, number>();
  const from = (ticketId: unknown, position: number): void => {
    const id = String(ticketId);
    refused.set(id, Math.min(position, refused.get(id) ?? position));
  };
  const revoked = events.filter(({ type }) => type === 'SigningKeyRevoked');
  for (const event of events) {
    if (event.type === 'TicketVoided') from(event.body['ticketId'], event.position);
    if (event.type !== 'TicketIssued') continue;
    for (const { body, position } of revoked.filter(({ body }) => body['kid'] === event.body['kid'])) {
      const isCovered =
        event.epoch < Number(body['epoch']) ||
        (event.epoch === Number(body['epoch']) && event.seq <= Number(body['lastSeq']));
      if (!isCovered) from(event.body['ticketId'], position);
    }
  }
  return refused;
}

/**
 * P1: nothing of the name is left in any file of a kiosk, not even where the row was. A backup from before the erasure
 * takes it back until somebody acts (E8).
 */
export const erased: Check = ({ book, kiosks, imaged, lostOfHq }, report) => {
  if (!book.hasErased || lostOfHq.isPutBack) return;
  for (const { name, names } of kiosks) {
    if (imaged.has(name)) continue;
    for (const file of names(LEAVER.name)) report(`${name}: ${file.replace(/.*\//, '')} names who was erased`);
  }
};
