import type { CaseAnswer, CasesAnswer } from '@skygate/shared/hq-api/cases';
import type { ParkId } from '@skygate/shared/lib/ids';
import { hlcOf } from '@skygate/shared/sync/hlc';
import { expect, it } from 'vitest';
import { enrolKiosk, push, pushOf, START_MS } from '../../db/testing/test-server.ts';
import { describeHq, openPark } from '../testing/describe-hq.ts';
import { type HqTestServer, TODAY, USER } from '../testing/hq-test-server.ts';

const TICKETS = ['0123456789ABCDEF', '0123456789ABCDEG', '0123456789ABCDEH'];
const NO_CASE = '0'.repeat(64);

describeHq('T3: cases at HQ', (eachTest) => {
  let hq: HqTestServer;
  let park: ParkId;

  /** Three tickets, each let in at both gates. */
  eachTest(async (given) => {
    ({ hq, park } = given);
    await openPark(hq, park);
    for (const [index, name] of ['Gate 1', 'Gate 2'].entries()) {
      const gate = await enrolKiosk(hq.server, { park, name });
      for (const [ticket, ticketId] of TICKETS.entries()) {
        // The second gate is a minute later.
        const hlc = hlcOf(START_MS + index * 60_000, ticket);
        const body = { ticketId, gateId: 'gate-1', people: 2, businessDate: TODAY, verdict: 'admit', silentGates: [] };
        gate.write(1, () => body, { type: 'TicketAdmitted', subject: `ticket:${ticketId}`, hlc });
      }
      await push(hq.server, gate.token, pushOf(gate.key, gate.log));
    }
    await hq.server.deps.projections.projectNow(park);
  });

  const list = async (query = ''): Promise<CasesAnswer> =>
    (await hq.call('GET', `/parks/${park}/cases${query}`)).json();
  const openCounts = async () => {
    const { parks: counted } = (await hq.call('GET', '/cases/open')).json();
    return counted.find((item: { park: string }) => item.park === park)?.open ?? 0;
  };
  const close = async (caseId: string, body: object) => {
    const answer = await hq.call('POST', `/parks/${park}/cases/${caseId}/close`, { body });
    return [answer.statusCode, answer.json().type?.split(':').at(-1) ?? 'done'];
  };

  it('T3: lists what is open, page by page, each once, and counts it for every park', async () => {
    const whole = await list();
    expect(whole).toMatchObject({ open: 3, next: null });
    expect(whole.cases.map(({ ticketId }) => ticketId).sort()).toEqual(TICKETS);
    expect(whole.cases[0]).toMatchObject({ kind: 'contested', kiosk: 'Gate 2', people: 2, closing: null });
    const paged: string[] = [];
    let after: string | null = null;
    do {
      const page: CasesAnswer = await list(`?limit=1${after === null ? '' : `&after=${after}`}`);
      expect(page.cases).toHaveLength(1);
      paged.push(...page.cases.map(({ caseId }) => caseId));
      after = page.next;
    } while (after !== null);
    expect(paged).toEqual(whole.cases.map(({ caseId }) => caseId));
    expect(await openCounts()).toBe(3);
  });

  it('T3: a case shows all that happened to the ticket, in the order all nodes share, and which of it is the case', async () => {
    const [first] = (await list()).cases;
    const path = `/parks/${park}/cases/${first?.caseId}`;
    const detail: CaseAnswer = (await hq.call('GET', path)).json();
    expect(detail.case).toEqual(first);
    expect(detail.scans.map(({ kind, kiosk, caseId }) => [kind, kiosk, caseId])).toEqual([
      ['admitted', 'Gate 1', null],
      ['admitted', 'Gate 2', first?.caseId],
    ]);
    expect(detail.entriesAllowed).toBe(1);
  });

  it('T3: a person closes it once, by name and with a reason; then it is among the closed', async () => {
    const [first] = (await list()).cases;
    const caseId = first?.caseId ?? '';
    expect(await close(caseId, { outcome: 'fraud', reason: ' a copied ticket ' })).toEqual([200, 'done']);
    expect(await list()).toMatchObject({ open: 2 });
    expect((await list('?state=closed')).cases).toMatchObject([
      {
        caseId,
        closing: {
          outcome: 'fraud',
          reason: expect.objectContaining({ state: 'here', text: 'a copied ticket' }),
          actor: expect.stringMatching(/^hq:[0-9A-Z]{16}$/),
          actorName: USER.name,
        },
      },
    ]);
    expect(await close(caseId, { outcome: 'accepted', reason: 'or not' })).toEqual([409, 'exists_already']);
    expect((await list('?state=closed')).cases).toMatchObject([{ closing: { outcome: 'fraud' } }]);
    expect(await openCounts()).toBe(2);
  });

  it('X2: a case that is none, another park’s and bad words are named, and close nothing', async () => {
    const { cases } = await list();
    const caseId = cases[0]?.caseId ?? '';
    expect(await close(NO_CASE, { outcome: 'fraud', reason: 'x' })).toEqual([404, 'not_found']);
    expect((await close('abc', { outcome: 'fraud', reason: 'x' }))[0]).toBe(400);
    const bad = [
      { outcome: 'boring', reason: 'x' },
      { outcome: 'fraud', reason: '' },
      { outcome: 'fraud', reason: '   ' },
      { outcome: 'fraud', reason: 'x'.repeat(501) },
      { outcome: 'fraud', reason: 'x', more: 1 },
    ];
    for (const body of bad) expect((await close(caseId, body))[0]).toBe(400);
    const elsewhere = { body: { outcome: 'fraud', reason: 'x' } };
    const other = 'cases-other' as ParkId;
    await openPark(hq, other);
    expect((await hq.call('POST', `/parks/${other}/cases/${caseId}/close`, elsewhere)).statusCode).toBe(404);
    for (const path of [`/parks/${park}/cases/${NO_CASE}`, '/parks/nowhere/cases']) {
      expect((await hq.call('GET', path)).statusCode).toBe(404);
    }
    for (const query of ['?limit=0', '?limit=101', '?after=soon', '?state=odd']) {
      expect((await hq.call('GET', `/parks/${park}/cases${query}`)).statusCode).toBe(400);
    }
    expect(await list()).toMatchObject({ open: 3 });
  });
});
