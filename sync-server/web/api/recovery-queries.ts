import type { DismissPeopleBody, OverrideBody, RecoveryAnswer } from '@skygate/shared/hq-api/recovery';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { call } from './http.ts';

/** Seldom anything at all, and then it changes as kiosks report. */
const EVERY_MS = 10_000;

export const useRecovery = () =>
  useQuery({
    queryKey: ['recovery'],
    queryFn: () => call<RecoveryAnswer>('/recovery'),
    refetchInterval: EVERY_MS,
  });

export function useOverrideRecovery(park: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: OverrideBody) => call<unknown>(`/parks/${park}/recovery/override`, { method: 'POST', body }),
    onSettled: () => client.invalidateQueries({ queryKey: ['recovery'] }),
  });
}

/** The word of a person that the park's server was put back from a backup. */
export function useDeclareRestored(park: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => call<unknown>(`/parks/${park}/recovery`, { method: 'POST' }),
    onSettled: () => client.invalidateQueries({ queryKey: ['recovery'] }),
  });
}

export function useDismissPeople(park: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: DismissPeopleBody) => call<unknown>(`/parks/${park}/recovery/people`, { method: 'POST', body }),
    onSettled: () => client.invalidateQueries({ queryKey: ['recovery'] }),
  });
}
