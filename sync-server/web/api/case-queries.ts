import type { CaseAnswer, CasesAnswer, CloseCaseBody, OpenCasesAnswer } from '@skygate/shared/hq-api/cases';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { call } from './http.ts';

const LIVE_MS = 5_000;

/** How many cases wait, by park: the number in the navigation. */
export const useOpenCases = () =>
  useQuery({
    queryKey: ['open-cases'],
    queryFn: () => call<OpenCasesAnswer>('/cases/open'),
    refetchInterval: LIVE_MS,
  });

/** A park's cases, page by page, newest first. */
export const useCases = (park: string, state: 'open' | 'closed') =>
  useInfiniteQuery({
    queryKey: ['cases', park, state],
    queryFn: ({ pageParam }) =>
      call<CasesAnswer>(`/parks/${park}/cases?state=${state}${pageParam === null ? '' : `&after=${pageParam}`}`),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    refetchInterval: LIVE_MS,
  });

export const useCase = (park: string, caseId: string) =>
  useQuery({
    queryKey: ['case', park, caseId],
    queryFn: () => call<CaseAnswer>(`/parks/${park}/cases/${caseId}`),
    refetchInterval: LIVE_MS,
  });

export function useCloseCase(park: string, caseId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: CloseCaseBody) =>
      call<CaseAnswer>(`/parks/${park}/cases/${caseId}/close`, { method: 'POST', body }),
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ['case', park, caseId] }),
        client.invalidateQueries({ queryKey: ['cases', park] }),
        client.invalidateQueries({ queryKey: ['open-cases'] }),
      ]),
  });
}
