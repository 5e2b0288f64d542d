import type { Database } from './database.ts';

/**
 * What happened to a park: `appended` - its log grew (wakes pulls and projections); `projected` - its read models
 * moved (wakes live boards).
 */
export type ParkTopic = 'appended' | 'projected';

/** Wakes waiting parts of this process, and on PostgreSQL those of the other instances. Hints only: may be lost. */
export interface ParkBus {
  publish(topic: ParkTopic, park: string): void;
  /** @returns how to stop listening */
  subscribe(topic: ParkTopic, listener: (park: string) => void): () => void;
  run(): Promise<void>;
  stop(): Promise<void>;
}

export function createParkBus(deps: { readonly database: Database }): ParkBus {
  const { database } = deps;
  const listeners: Record<ParkTopic, Set<(park: string) => void>> = { appended: new Set(), projected: new Set() };
  const outgoing = new Set<string>();
  let sending = false;
  let stopListening: (() => Promise<void>) | null = null;

  const deliver = (topic: ParkTopic, park: string): void => {
    for (const listener of [...listeners[topic]]) listener(park);
  };

  // NOTIFY takes a lock of the whole database at commit: it is kept out of the pushes and sent once for many.
  async function sendOutgoing(): Promise<void> {
    if (sending) return;
    sending = true;
    while (outgoing.size > 0) {
      const messages = [...outgoing];
      outgoing.clear();
      await database.notify(messages).catch(() => undefined);
    }
    sending = false;
  }

  return {
    publish(topic, park) {
      deliver(topic, park);
      if (database.kind !== 'postgres' || !stopListening) return;
      outgoing.add(`${topic} ${park}`);
      void sendOutgoing();
    },
    subscribe(topic, listener) {
      listeners[topic].add(listener);
      return () => listeners[topic].delete(listener);
    },
    async run() {
      if (database.kind !== 'postgres') return;
      stopListening = await database.listen((message) => {
        const [topic, park] = message.split(' ');
        if ((topic === 'appended' || topic === 'projected') && park) deliver(topic, park);
      });
    },
    async stop() {
      await stopListening?.();
      stopListening = null;
    },
  };
}
