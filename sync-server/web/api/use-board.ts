import type { HqNow } from '@skygate/shared/hq-api/now';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { API } from './http.ts';

/** How the board stands: `live`, or since when it is not. */
export interface Board {
  readonly now: HqNow | null;
  readonly state: 'connecting' | 'live' | 'lost';
  /** When the last word came, by this browser's monotonic clock; null if none has. */
  readonly heardMs: number | null;
}

// The server says something at least every 15 s; twice that without a word means the line is dead.
const SILENCE_MS = 32_000;
const RETRY_MS = 2_000;

/** The live board over server-sent events. It reconnects by itself for as long as the page is open. */
export function useBoard(): Board {
  const client = useQueryClient();
  const [board, setBoard] = useState<Board>({ now: null, state: 'connecting', heardMs: null });
  useEffect(() => {
    const line = openLine((event) => {
      if (event.kind === 'snapshot') setBoard({ now: event.now, state: 'live', heardMs: performance.now() });
      else if (event.kind === 'heartbeat') setBoard((held) => ({ ...held, state: 'live', heardMs: performance.now() }));
      else {
        setBoard((held) => ({ ...held, state: 'lost' }));
        // Perhaps the session ended: then the log-in page comes up.
        void client.invalidateQueries({ queryKey: ['session'] });
      }
    });
    return () => line.close();
  }, [client]);
  return board;
}

type LineEvent =
  | { readonly kind: 'snapshot'; readonly now: HqNow }
  | { readonly kind: 'heartbeat' }
  | { readonly kind: 'lost' };

function openLine(onEvent: (event: LineEvent) => void): { close(): void } {
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let closed = false;

  const reopenIn = (ms: number): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (source !== null) onEvent({ kind: 'lost' });
      open();
    }, ms);
  };
  const heard = (): void => reopenIn(SILENCE_MS);
  const open = (): void => {
    source?.close();
    if (closed) return;
    source = new EventSource(`${API}/now/stream`);
    source.addEventListener('now', (message) => {
      heard();
      onEvent({ kind: 'snapshot', now: JSON.parse((message as MessageEvent<string>).data) as HqNow });
    });
    source.addEventListener('heartbeat', () => {
      heard();
      onEvent({ kind: 'heartbeat' });
    });
    source.onerror = () => {
      onEvent({ kind: 'lost' });
      source?.close();
      source = null;
      reopenIn(RETRY_MS);
    };
    heard();
  };
  open();
  return {
    close() {
      closed = true;
      clearTimeout(timer);
      source?.close();
    },
  };
}
