import { hashField, parkField } from '@skygate/shared/events/fields';
import type { QuarantineAnswer, QuarantinedRunAnswer } from '@skygate/shared/hq-api/quarantine';
import Type from 'typebox';
import type { HqApp } from '../hq-app.ts';
import type { HqDeps } from '../hq-deps.ts';
import { hqProblem } from '../hq-problem.ts';
import { knownPark, parkParams } from '../park-address.ts';
import { quarantinedRunText, quarantineOf } from './quarantine-of.ts';

const runParams = Type.Object({ park: parkField, runHash: hashField });

/** What was put aside in a park, for a person to look at (E6, S7). */
export function quarantineRoutes(app: HqApp, { database }: HqDeps): void {
  app.get('/parks/:park/quarantine', { schema: { params: parkParams } }, async (request): Promise<QuarantineAnswer> => {
    const park = await knownPark(database.reader, request.params.park);
    return quarantineOf(database.reader, park);
  });

  app.get(
    '/parks/:park/quarantine/runs/:runHash',
    { schema: { params: runParams } },
    async (request): Promise<QuarantinedRunAnswer> => {
      const park = await knownPark(database.reader, request.params.park);
      const run = await quarantinedRunText(database.reader, park, request.params.runHash);
      if (run === null) throw hqProblem('not_found', `No run ${request.params.runHash} is kept aside in ${park}.`);
      return { run };
    },
  );
}
