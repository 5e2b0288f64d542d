import { useHash } from '@mantine/hooks';
import { useCallback, useMemo } from 'react';

export const PAGES = ['now', 'catalogue', 'capacity', 'kiosks', 'cases', 'keys', 'staff', 'texts', 'tickets'] as const;
export type Page = (typeof PAGES)[number];

/** Where in HQ one is: `#/catalogue/ala-archa`, `#/now/wall`. In the address, so that a link and a reload keep it. */
export interface Place {
  readonly page: Page;
  readonly park: string | null;
  readonly wall: boolean;
}

export type Go = (page: Page, rest?: string | null) => void;

export function usePlace(): { readonly place: Place; readonly go: Go } {
  const [hash, setHash] = useHash({ getInitialValueInEffect: false });
  const place = useMemo(() => placeOf(hash), [hash]);
  const go = useCallback<Go>((page, rest) => setHash(`/${page}${rest ? `/${rest}` : ''}`), [setHash]);
  return { place, go };
}

function placeOf(hash: string): Place {
  const [page, rest] = hash.replace(/^#?\/?/, '').split('/');
  const known = PAGES.find((candidate) => candidate === page) ?? 'now';
  if (known === 'now') return { page: known, park: null, wall: rest === 'wall' };
  return { page: known, park: rest ? decodeURIComponent(rest) : null, wall: false };
}
