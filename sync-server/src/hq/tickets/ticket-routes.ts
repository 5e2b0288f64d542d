import { draft } from '@skygate/shared/events/catalogue';
import { idField, parkField } from '@skygate/shared/events/fields';
import {
  type IssuedTicketsAnswer,
  issueTicketsBody,
  TICKETS_AT_ONCE_MAX,
  voidTicketBody,
} from '@skygate/shared/hq-api/tickets';
import type { ParkId } from '@skygate/shared/lib/ids';
import Type from 'typebox';
import type { HqApp } from '../hq-app.ts';
import { appendOrRefuse } from '../hq-append.ts';
import type { HqDeps } from '../hq-deps.ts';
import { hqProblem } from '../hq-problem.ts';
import { knownPark, parkParams } from '../park-address.ts';
import { actorOfRequest } from '../session/session-routes.ts';
import { issueTickets } from './issue-tickets.ts';

const ticketParams = Type.Object({ park: parkField, ticketId: idField });

/** Tickets that HQ makes and unmakes. */
export function ticketRoutes(app: HqApp, deps: HqDeps): void {
  app.post(
    '/parks/:park/tickets',
    { schema: { params: parkParams, body: issueTicketsBody } },
    async (request, reply): Promise<IssuedTicketsAnswer> => {
      const park = await knownPark(deps.database.reader, request.params.park);
      const count = request.body.tickets.reduce((sum, group) => sum + group.count, 0);
      if (count > TICKETS_AT_ONCE_MAX) {
        throw hqProblem(
          'malformed',
          `body /tickets asks for ${count} tickets, ${TICKETS_AT_ONCE_MAX} at once are allowed`,
        );
      }
      const tickets = await issueTickets(deps, { park, actor: actorOfRequest(request), ...request.body });
      reply.status(201);
      return { tickets: [...tickets] };
    },
  );

  app.post(
    '/parks/:park/tickets/:ticketId/void',
    { schema: { params: ticketParams, body: voidTicketBody } },
    async (request) => {
      const { ticketId } = request.params;
      const park = request.params.park as ParkId;
      await appendOrRefuse(deps, park, async (tx) => {
        const known = await tx
          .selectFrom('tickets')
          .select('ticket_id')
          .where('park', '=', park)
          .where('ticket_id', '=', ticketId)
          .executeTakeFirst();
        if (!known) throw hqProblem('not_found', `There is no ticket ${ticketId} in ${park}.`);
        const voided = await tx
          .selectFrom('ticket_facts')
          .select('seq')
          .where('park', '=', park)
          .where('ticket_id', '=', ticketId)
          .where('kind', '=', 'voided')
          .executeTakeFirst();
        // Asked twice, voided once: the second time has nothing to add.
        if (voided) return { drafts: [] };
        const body = { ticketId, reason: request.body.reason };
        return { drafts: [draft('TicketVoided', `ticket:${ticketId}`, body, { actor: actorOfRequest(request) })] };
      });
      return { ticketId, voided: true };
    },
  );
}
