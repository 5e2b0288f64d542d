import type { EraseTextBody, TextsAnswer } from '@skygate/shared/hq-api/texts';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { call } from './http.ts';

const LIVE_MS = 5_000;

/** What people typed, page by page, newest first; live, as kiosks confirm erasures while the page is open. */
export const useTexts = (park: string) =>
  useInfiniteQuery({
    queryKey: ['texts', park],
    queryFn: ({ pageParam }) =>
      call<TextsAnswer>(`/parks/${park}/texts${pageParam === null ? '' : `?after=${pageParam}`}`),
    initialPageParam: null as number | null,
    getNextPageParam: ({ next }) => next,
    refetchInterval: LIVE_MS,
  });

/** Wherever the words were shown they are asked for anew. */
export function useEraseText(park: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ name, ...body }: EraseTextBody & { readonly name: string }) =>
      call<undefined>(`/parks/${park}/texts/${name}/erase`, { method: 'POST', body }),
    onSettled: () => client.invalidateQueries(),
  });
}
