import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Exchange, problemByV1, recordedBook, recordedWire } from './recorded.ts';
import { openTodaysPark, type TodaysPark } from './todays-park.ts';
import { askedBy, tokenOfV1 } from './v1-client.ts';

/** The schema of version 1 that an answer of 200 must fit. */
const ANSWERS: Readonly<Record<string, string>> = {
  '/sync/enrol': 'enrolResponse',
  '/sync/nonce': 'nonceResponse',
  '/sync/token': 'tokenResponse',
  '/sync/state': 'stateResponse',
  '/sync/push': 'pushResponse',
  '/sync/pull': 'pullResponse',
  '/sync/people': 'peopleResponse',
  '/sync/telemetry': 'telemetryResponse',
};

const routeOf = ({ path }: Pick<Exchange, 'path'>): string => path.split('?')[0] ?? '';

describe('a kiosk of version 1 with the server of today', () => {
  let park: TodaysPark;
  const tokens = new Map<string, string>();
  const { nodes, lateCode } = recordedBook();
  const enrolled = new Set(Object.values(nodes).map((node) => `${node}/1`));

  beforeAll(async () => {
    park = await openTodaysPark();
    for (const node of Object.values(nodes)) tokens.set(`${node}/1`, await tokenOfV1(park, node));
  });
  afterAll(() => park.close());

  const replay = (exchange: Exchange) => {
    const token = tokens.get(askedBy(exchange) ?? '');
    const headers = token === undefined ? exchange.headers : { ...exchange.headers, authorization: `Bearer ${token}` };
    return park.ask({ ...exchange, headers });
  };

  it('gets a token by the form that version 1 sends', () => {
    expect([...tokens.values()].every((token) => token.length >= 20)).toBe(true);
  });

  it('is answered as it was: every recorded request, with answers that version 1 can read', async () => {
    // The late till is another node here, so only its enrolment can be repeated; see below.
    const asked = recordedWire('after').filter((exchange) => enrolled.has(askedBy(exchange) ?? ''));
    const routes = new Map<string, number>();
    for (const exchange of asked) {
      const answer = await replay(exchange);
      expect(answer.status, `${exchange.method} ${exchange.path}: ${answer.body.slice(0, 200)}`).toBe(exchange.status);
      const route = routeOf(exchange);
      expect(problemByV1(ANSWERS[route] ?? '', JSON.parse(answer.body)), route).toBeNull();
      routes.set(route, (routes.get(route) ?? 0) + 1);
    }
    for (const route of ['/sync/state', '/sync/push', '/sync/pull', '/sync/telemetry']) {
      expect(routes.get(route), route).toBeGreaterThan(3);
    }
  });

  it('S2: has delivered what was pending, and reads it back by a pull from the beginning', async () => {
    const { acknowledged } = JSON.parse((await replay(exchangeOf('/sync/state', 'gate-1'))).body);
    expect(acknowledged).toBeGreaterThanOrEqual(recordedBook().pending['gate-1']?.own ?? Number.NaN);
    const seen = await pullAll();
    expect(seen.get(`${nodes['gate-1']}`)).toBe(acknowledged);
    expect(seen.has(`${nodes['till-1']}`)).toBe(true);
  });

  it('S1: enrols with the request that version 1 sent', async () => {
    const request = recordedWire('after').find(({ path }) => path === '/sync/enrol');
    if (!request) throw new Error('the recording has no enrolment');
    expect(request.body).toContain(lateCode);
    const answer = await park.ask(request);
    expect(answer.status).toBe(200);
    expect(problemByV1('enrolResponse', JSON.parse(answer.body))).toBeNull();
  });

  it('is refused in words that version 1 can read', async () => {
    const noToken = recordedWire('after').find(({ label }) => label === 'no token');
    const answer = await park.ask(noToken as Exchange);
    expect(answer.status).toBe(401);
    expect(problemByV1('problemResponse', JSON.parse(answer.body))).toBeNull();
    expect(JSON.parse(answer.body).code).toBe(JSON.parse((noToken as Exchange).answer).code);
  });

  it('S4: takes every schema of version 1 for what travelled then', () => {
    // The fixture itself: were it broken, everything above would hold for the wrong reason.
    for (const exchange of [...recordedWire('before'), ...recordedWire('after')]) {
      if (exchange.status !== 200) continue;
      expect(problemByV1(ANSWERS[routeOf(exchange)] ?? '', JSON.parse(exchange.answer))).toBeNull();
    }
  });

  function exchangeOf(route: string, kiosk: string): Exchange {
    const all = [...recordedWire('before'), ...recordedWire('after')];
    const found = all.find((exchange) => routeOf(exchange) === route && askedBy(exchange) === `${nodes[kiosk]}/1`);
    if (!found) throw new Error(`the recording has no ${route} of ${kiosk}`);
    return found;
  }

  /** The last seq seen of each stream, by the recorded question with another cursor. */
  async function pullAll(): Promise<ReadonlyMap<string, number>> {
    const seen = new Map<string, number>();
    const pull = exchangeOf('/sync/pull', 'gate-2');
    for (let after = 0, head = 1; after < head; ) {
      const answer = await replay({ ...pull, path: `/sync/pull?after=${after}&limit=500&waitMs=0` });
      const page = JSON.parse(answer.body);
      expect(problemByV1('pullResponse', page)).toBeNull();
      for (const { node, from, events } of page.runs) seen.set(node, from + events.length - 1);
      ({ next: after, head } = page);
    }
    return seen;
  }
});
