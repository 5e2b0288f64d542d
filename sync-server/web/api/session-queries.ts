import type { LogInBody, SessionAnswer } from '@skygate/shared/hq-api/session';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { call, HttpProblem } from './http.ts';

/** Who is logged in; null if nobody is. */
export const useSession = () =>
  useQuery({
    queryKey: ['session'],
    staleTime: 60_000,
    queryFn: async (): Promise<SessionAnswer | null> => {
      try {
        return await call<SessionAnswer>('/session');
      } catch (error) {
        if (error instanceof HttpProblem && error.status === 401) return null;
        throw error;
      }
    },
  });

export function useLogIn() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: LogInBody) => call<SessionAnswer>('/session', { method: 'POST', body }),
    onSuccess: (session) => client.setQueryData(['session'], session),
  });
}

export function useLogOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => call<void>('/session', { method: 'DELETE' }),
    onSuccess: () => {
      client.clear();
      client.setQueryData(['session'], null);
    },
  });
}
