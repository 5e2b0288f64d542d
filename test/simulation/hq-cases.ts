import { draft } from '@skygate/shared/events/catalogue';
import type { SeededRandom } from '@skygate/shared/testing/seeded-random';
import { casesOf } from '@skygate/sync-server/hq/cases/cases-of';
import { closeCase } from '@skygate/sync-server/hq/cases/close-case';
import { appendHqEvents } from '@skygate/sync-server/hq-node/append-hq-events';
import { asHq } from './ask-hq.ts';
import { type Deed, HQ, PARK } from './headquarters.ts';
import type { Run } from './run.ts';
import { typedWords } from './typed-words.ts';

/** Somebody at HQ goes through the open cases and is done with one (T3, T5). */
export function closeSome(run: Run, random: SeededRandom): Promise<Deed | null> {
  return asHq(run, async (deps) => {
    const query = { park: PARK, state: 'open' as const, after: null, limit: 20 };
    const { cases } = await casesOf(deps.database.reader, query);
    if (cases.length === 0) return 'refused';
    const { caseId } = random.pick(cases);
    const outcome = random.pick(['accepted', 'fraud', 'technical'] as const);
    await closeCase(deps, { park: PARK, caseId, outcome, reason: typedWords(run.book), ...HQ });
    run.book.closedCases.push(caseId);
    return [];
  });
}

/** T5: a ticket that somebody was let in with is voided: who comes with a copy must stay outside. */
export function voidAdmitted(run: Run, random: SeededRandom): Promise<Deed | null> {
  const admitted = run.book.admissions.filter(({ outcome }) => outcome === 'admitted');
  if (admitted.length === 0) return Promise.resolve('refused');
  const { ticketId } = random.pick(admitted);
  const body = { ticketId, reason: typedWords(run.book) };
  return asHq(run, (deps) => appendHqEvents(deps, PARK, [draft('TicketVoided', `ticket:${ticketId}`, body, HQ)]));
}
