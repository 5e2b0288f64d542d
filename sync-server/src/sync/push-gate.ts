import { PUSH_EVENTS_MAX } from '@skygate/shared/protocol/limits';
import type { onRequestAsyncHookHandler } from 'fastify';
import type { AuthenticatedNode } from '../plugins/node-auth.ts';
import type { Clock } from '../ports.ts';

/** How many pushes, and questions that wait for a park's row as they do, are worked on at once; and how many wait (S5). */
export interface PushLimits {
  readonly atOnce: number;
  readonly atOncePerPark: number;
  /** Of one kiosk, under way and waiting. */
  readonly perKiosk: number;
  readonly waiting: number;
}

/** A park's pushes queue for its head row anyway: more of them at once would only hold connections. */
export const PUSH_LIMITS: PushLimits = { atOnce: 8, atOncePerPark: 4, perKiosk: 12, waiting: 64 };

/**
 * The door of the pushes and of all else that waits for a park's row (S5). Those that wait are let in kiosk by kiosk, so that one that sends much holds up nobody
 * else; beyond the limits a push is told to come later. It also says how much the server will gladly take next.
 */
export interface PushGate {
  /** Waits for its turn. @returns how to leave, or null: come later. `gone` ends the wait (then null too). */
  enter(kiosk: AuthenticatedNode, gone: AbortSignal): Promise<(() => void) | null>;
  /** How many events the next push may hold: fewer the further the read models are behind and the more wait; never 0. */
  credits(behind: number): number;
  /** The database was busy or away. */
  noteTrouble(): void;
}

/** What a route for kiosks whose work waits for the park's row is given. */
export interface KioskRoute {
  readonly onRequest: onRequestAsyncHookHandler;
  readonly gate: PushGate;
}

interface Waiter {
  readonly park: string;
  readonly admit: (leave: (() => void) | null) => void;
}

const BEHIND_GLADLY = 2_000;
const BEHIND_HEAVILY = 50_000;
const CREDITS_MIN = 20;
const TROUBLE_MS = 30_000;
const TROUBLE_CREDITS = 50;

export function createPushGate({ clock }: { readonly clock: Clock }, limits: PushLimits = PUSH_LIMITS): PushGate {
  /** In the order in which kiosks have their turn; each has its own waiters, the oldest first. */
  const queues = new Map<string, Waiter[]>();
  const underWay = new Map<string, number>();
  const underWayByPark = new Map<string, number>();
  let running = 0;
  let waiting = 0;
  let troubledMs = Number.NEGATIVE_INFINITY;

  const hasRoom = (park: string): boolean =>
    running < limits.atOnce && (underWayByPark.get(park) ?? 0) < limits.atOncePerPark;

  const begin = (name: string, park: string): (() => void) => {
    running += 1;
    add(underWay, name, 1);
    add(underWayByPark, park, 1);
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      running -= 1;
      add(underWay, name, -1);
      add(underWayByPark, park, -1);
      admitNext();
    };
  };

  const admitNext = (): void => {
    for (const [name, queue] of [...queues]) {
      const [first] = queue;
      if (!first || !hasRoom(first.park)) continue;
      queue.shift();
      // To the end of the round.
      queues.delete(name);
      if (queue.length > 0) queues.set(name, queue);
      waiting -= 1;
      first.admit(begin(name, first.park));
    }
  };

  const drop = (name: string, waiter: Waiter): void => {
    const queue = queues.get(name);
    const index = queue?.indexOf(waiter) ?? -1;
    if (!queue || index === -1) return;
    queue.splice(index, 1);
    if (queue.length === 0) queues.delete(name);
    waiting -= 1;
    waiter.admit(null);
  };

  return {
    async enter({ park, node, epoch }, gone) {
      const name = `${park}/${node}/${epoch}`;
      const own = queues.get(name) ?? [];
      if (gone.aborted || (underWay.get(name) ?? 0) + own.length >= limits.perKiosk) return null;
      if (own.length === 0 && hasRoom(park)) return begin(name, park);
      if (waiting >= limits.waiting) return null;
      return new Promise((admit) => {
        const waiter: Waiter = { park, admit };
        queues.set(name, own);
        own.push(waiter);
        waiting += 1;
        gone.addEventListener('abort', () => drop(name, waiter), { once: true });
      });
    },
    credits(behind) {
      const isTroubled = clock.monotonicMs() - troubledMs < TROUBLE_MS;
      const backlog = Math.min(1, Math.max(0, behind - BEHIND_GLADLY) / (BEHIND_HEAVILY - BEHIND_GLADLY));
      const crowd = waiting / limits.waiting;
      const share = (1 - backlog) * (1 - crowd);
      const credits = Math.round(PUSH_EVENTS_MAX * share);
      return Math.max(CREDITS_MIN, isTroubled ? Math.min(credits, TROUBLE_CREDITS) : credits);
    },
    noteTrouble() {
      troubledMs = clock.monotonicMs();
    },
  };
}

function add(counts: Map<string, number>, name: string, difference: number): void {
  const count = (counts.get(name) ?? 0) + difference;
  if (count === 0) counts.delete(name);
  else counts.set(name, count);
}
