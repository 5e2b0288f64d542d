import type { OverrideBody, RecoveryAnswer } from '@skygate/shared/hq-api/recovery';
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
