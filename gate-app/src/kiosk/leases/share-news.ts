import type { KnownEvent } from '@skygate/shared/events/catalogue';
import type { Event } from '@skygate/shared/events/envelope';
import { readEvent } from '@skygate/shared/events/read-event';
import type { ShareNews } from '../../rpc-contract/share-view.ts';
import type { KioskIdentity } from '../event-log/event-log.ts';

/** How long a line of news stands. */
export const NEWS_MS = 60_000;

/** What a commit changed of this till's places, newest last. */
export const newsOf = (events: readonly Event[], till: KioskIdentity, atMs: number): readonly ShareNews[] =>
  events.flatMap((event) => {
    const read = readEvent(event);
    const news = read.ok ? newsOfOne(read.value, till) : null;
    return news === null ? [] : [line(...news, atMs)];
  });

type Places = { readonly places: number; readonly date: string; readonly slot: string };

function newsOfOne(event: KnownEvent, { node, epoch }: KioskIdentity): [ShareNews['kind'], Places] | null {
  const isUs = (who: string, itsEpoch: number): boolean => who === node && itsEpoch === epoch;
  switch (event.type) {
    case 'LeaseGranted':
      return isUs(event.body.node, event.body.epoch) ? ['refilled', event.body] : null;
    case 'LeaseTransferred':
      return isUs(event.body.to, event.body.toEpoch) ? ['received', event.body] : null;
    case 'LeaseReturned':
      return isUs(event.node, event.epoch) && event.body.reason === 'capacity_lowered'
        ? ['returned', event.body]
        : null;
    default:
      return null;
  }
}

const line = (
  kind: ShareNews['kind'],
  { places, date, slot }: { readonly places: number; readonly date: string; readonly slot: string },
  atMs: number,
): ShareNews => ({ kind, places, date, slot, atMs });
