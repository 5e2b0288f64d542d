import type { EventRecovered } from '@skygate/shared/events/recovery';
import type { WireEvent } from '@skygate/shared/protocol/wire-event';
import type { ServerDisk } from './inspect.ts';

/** What the park's log says: events in their streams, and what was recorded again in another, each once (E6). */
export function factsOf(server: Pick<ServerDisk, 'events'>): readonly Fact[] {
  const hashes = new Set(server.events.map(({ hash }) => hash));
  const recovered = server.events.flatMap((event) => {
    if (event.type !== 'EventRecovered') return [];
    const { seal, events } = event.body as unknown as EventRecovered;
    if (hashes.has(seal.headHash)) return [];
    hashes.add(seal.headHash);
    return (events as WireEvent[]).map((wire) => ({ type: wire[3], hlc: wire[0], body: wire[8] as Fact['body'] }));
  });
  return [...server.events, ...recovered];
}

/** Places of events that were recorded again, because another past stands there (E6, E8). */
export function recoveredPlaces(server: ServerDisk): ReadonlySet<string> {
  const recovered = server.events.filter(({ type }) => type === 'EventRecovered');
  return new Set(
    recovered.flatMap(({ body }) => {
      const { original, events } = body as unknown as EventRecovered;
      return events.map((_, index) => `${original.node}/${original.epoch}/${original.seq + index}`);
    }),
  );
}

export interface Fact {
  readonly type: string;
  readonly hlc: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export function textOf(event: { readonly body: Readonly<Record<string, unknown>> }, field: string): string {
  return String(event.body[field]);
}

export function countBy<Item>(items: readonly Item[], keyOf: (item: Item) => string | null): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) {
    const key = keyOf(item);
    if (key !== null) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}
