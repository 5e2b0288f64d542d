import { hashField, parkField } from '@skygate/shared/events/fields';
import {
  type CaseAnswer,
  type CasesAnswer,
  casesQuery,
  closeCaseBody,
  type OpenCasesAnswer,
} from '@skygate/shared/hq-api/cases';
import Type from 'typebox';
import type { HqApp } from '../hq-app.ts';
import type { HqDeps } from '../hq-deps.ts';
import { hqProblem } from '../hq-problem.ts';
import { knownPark, parkParams } from '../park-address.ts';
import { actorOfRequest } from '../session/session-routes.ts';
import { caseDetail } from './case-detail.ts';
import { casesOf, openCaseCounts } from './cases-of.ts';
import { closeCase, noCase } from './close-case.ts';

const caseParams = Type.Object({ park: parkField, caseId: hashField });
const PER_PAGE = 50;

/** Admissions that a person looks at (T3, T5): found by folding, closed by a person. */
export function caseRoutes(app: HqApp, deps: HqDeps): void {
  const { reader } = deps.database;

  app.get('/cases/open', async (): Promise<OpenCasesAnswer> => {
    const counts = await openCaseCounts(reader);
    return { parks: [...counts].map(([park, open]) => ({ park, open })) };
  });

  app.get(
    '/parks/:park/cases',
    { schema: { params: parkParams, querystring: casesQuery } },
    async (request): Promise<CasesAnswer> => {
      const park = await knownPark(reader, request.params.park);
      const { state = 'open', after = null, limit = PER_PAGE } = request.query;
      return casesOf(reader, { park, state, after, limit });
    },
  );

  app.get('/parks/:park/cases/:caseId', { schema: { params: caseParams } }, async (request): Promise<CaseAnswer> => {
    const { park, caseId } = request.params;
    const detail = await caseDetail({ reader, crypto: deps.crypto, nowMs: deps.clock.nowMs() }, park, caseId);
    if (!detail) throw noCase(park, caseId);
    return detail;
  });

  app.post(
    '/parks/:park/cases/:caseId/close',
    { schema: { params: caseParams, body: closeCaseBody } },
    async (request): Promise<CaseAnswer> => {
      const { caseId } = request.params;
      const park = await knownPark(reader, request.params.park);
      const actor = actorOfRequest(request);
      const reason = request.body.reason.trim();
      if (reason === '') throw hqProblem('malformed', 'body /reason says nothing');
      await closeCase(deps, { park, caseId, outcome: request.body.outcome, reason, actor });
      const detail = await caseDetail({ reader, crypto: deps.crypto, nowMs: deps.clock.nowMs() }, park, caseId);
      if (!detail) throw noCase(park, caseId);
      return detail;
    },
  );
}
