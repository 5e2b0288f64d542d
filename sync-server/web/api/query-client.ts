import { QueryCache, QueryClient } from '@tanstack/react-query';
import { HttpProblem } from './http.ts';

/** A session that ended shows the log-in page, whichever call noticed it. */
export function createQueryClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      onError: (error, query) => {
        if (error instanceof HttpProblem && error.status === 401 && query.queryKey[0] !== 'session') {
          void client.invalidateQueries({ queryKey: ['session'] });
        }
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        retry: (failures, error) => failures < 2 && !(error instanceof HttpProblem && error.status >= 400),
      },
      mutations: { retry: false },
    },
  });
  return client;
}
