import type { KeysAnswer, RevokeKeyBody, UseKeyBody } from '@skygate/shared/hq-api/keys';
import type {
  DecideFactsAnswer,
  DecideFactsBody,
  FactsAnswer,
  RevocationAnswer,
  RevokeBody,
} from '@skygate/shared/hq-api/revocation';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { call } from './http.ts';

const LIVE_MS = 5_000;

export const useKeys = (park: string) =>
  useQuery({
    queryKey: ['keys', park],
    queryFn: () => call<KeysAnswer>(`/parks/${park}/keys`),
    refetchInterval: LIVE_MS,
  });

type KeyDeed =
  | { readonly do: 'next' }
  | { readonly do: 'use'; readonly kid: string; readonly body: UseKeyBody }
  | { readonly do: 'revoke'; readonly kid: string; readonly body: RevokeKeyBody };

/** Publishes HQ's next ticket key, puts one to use, or revokes one. */
export function useKeyDeed(park: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (deed: KeyDeed) =>
      deed.do === 'next'
        ? call<KeysAnswer>(`/parks/${park}/keys/next`, { method: 'POST' })
        : call<KeysAnswer>(`/parks/${park}/keys/${deed.kid}/${deed.do}`, { method: 'POST', body: deed.body }),
    onSettled: () => client.invalidateQueries({ queryKey: ['keys', park] }),
  });
}

export const useRevocation = (park: string, node: string) =>
  useQuery({
    queryKey: ['revocation', park, node],
    queryFn: () => call<RevocationAnswer>(`/parks/${park}/kiosks/${node}/revocation`),
    refetchInterval: LIVE_MS,
  });

export function useRevokeKiosk(park: string, node: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: RevokeBody) =>
      call<RevocationAnswer>(`/parks/${park}/kiosks/${node}/revoke`, { method: 'POST', body }),
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ['revocation', park, node] }),
        client.invalidateQueries({ queryKey: ['kiosks', park] }),
        client.invalidateQueries({ queryKey: ['keys', park] }),
      ]),
  });
}

/** What a revoked kiosk wrote after its revocation, page by page. */
export const useFacts = (park: string, node: string, enabled: boolean) =>
  useInfiniteQuery({
    queryKey: ['facts', park, node],
    enabled,
    queryFn: ({ pageParam }) =>
      call<FactsAnswer>(`/parks/${park}/kiosks/${node}/facts${pageParam === null ? '' : `?after=${pageParam}`}`),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    refetchInterval: LIVE_MS,
  });

export function useDecideFacts(park: string, node: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: DecideFactsBody) =>
      call<DecideFactsAnswer>(`/parks/${park}/kiosks/${node}/facts`, { method: 'POST', body }),
    onSettled: () => client.invalidateQueries({ queryKey: ['facts', park, node] }),
  });
}
