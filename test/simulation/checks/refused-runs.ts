import type { PushRequest } from '@skygate/shared/protocol/push';
import type { Book } from '../book.ts';
import type { Check } from '../invariants.ts';
import type { Serve } from '../network.ts';

/** Notes which streams' runs the server refused for good, whoever sent them (S2, E6). */
export const notingRefusals =
  (serve: Serve, bookOf: () => Book): Serve =>
  async (request) => {
    const response = await serve(request);
    if (response?.status === 409 && request.path === '/sync/push' && !response.body.includes('"gap"')) {
      const { node, epoch } = JSON.parse(request.body ?? '{}') as PushRequest;
      bookOf().refusedRuns.add(`${node}/${epoch}`);
    }
    return response;
  };

/**
 * S2, E6: what a server refused for good is kept for HQ to see. A server that came back with less may have lost that
 * together with what made it refuse: its author is asked anew.
 */
export const refusalsAreKept: Check = ({ server, book, pulls }, report) => {
  if (pulls === null) return;
  for (const stream of book.refusedRuns) {
    if (!server.runsKept.includes(stream)) report(`a run of ${stream} was refused and is nowhere`);
  }
};
