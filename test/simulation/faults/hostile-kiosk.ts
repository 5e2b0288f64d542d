import type { HttpResponse } from '@skygate/gate-app/kiosk/ports';
import type { EnrolResponse } from '@skygate/shared/protocol/enrol';
import { PROTOCOL_HEADER } from '@skygate/shared/protocol/protocol-version';
import { CLIENT_ASSERTION_TYPE } from '@skygate/shared/protocol/token';
import { nodeKeyFrom } from '@skygate/shared/sync/chain';
import { hlcOf } from '@skygate/shared/sync/hlc';
import { type SeededRandom, seededRandom } from '@skygate/shared/testing/seeded-random';
import { assertionOf, enrolBody, plainBody, pushOf, streamOf } from '@skygate/sync-server/db/testing/test-server';
import { createNodeCrypto } from '@skygate/sync-server/node-crypto';
import { atIntegersEnd, bombBody, forgeries, vectorText } from '@skygate/sync-server/sync/testing/bad-requests';
import { asHq } from '../ask-hq.ts';
import { codeFor, editCatalogue, PARK, START_MS } from '../headquarters.ts';
import { noteDeed } from '../hq-deeds.ts';
import type { Run } from '../run.ts';
import { oddEvents } from './odd-events.ts';

const SEEDS_WITH_HOSTILE_KIOSK = 0.15;
const crypto = createNodeCrypto();
const HEADERS = { [PROTOCOL_HEADER]: '2', 'content-type': 'application/json' };

/** An adversary who holds an enrolled kiosk's key. Nobody sells or admits there: it only asks, and the server answers. */
export function planHostileKiosk(run: Run, lengthMs: number): void {
  const random = seededRandom(`${run.seed}/hostile kiosk`);
  if (!random.chance(SEEDS_WITH_HOSTILE_KIOSK)) return;
  run.scheduler.after(random.int(lengthMs), () => {
    void attack(run, random).catch((error) => {
      if (!(error instanceof ServerDied)) run.broken.push({ invariant: REFUSED, found: error.stack ?? String(error) });
    });
  });
}

const REFUSED = 'a hostile kiosk is refused by its reason';

/** The server was down, or died over it: the adversary gives up. */
class ServerDied extends Error {}

/** One after the other, at one moment. */
async function attack(run: Run, random: SeededRandom): Promise<void> {
  const kiosk = await enrolHostile(run, random);
  const { token } = kiosk;
  run.faults.hostileKiosk += 1;
  run.trace.add(`a hostile kiosk ${kiosk.enrolled.node} is at work`);
  await writeItsOwn(run, kiosk, random);
  for (const [what, expected, ask] of triesOf(kiosk, await someoneElses(run, kiosk.enrolled.node), random)) {
    const { status, body } = await send(run, { path: '/sync/push', token, ...ask });
    expectCode(run, what, { status, body }, expected);
  }
  await replayNonce(run, kiosk);
  await rewriteItsPast(run, kiosk);
  // The catalogue goes on, whatever it wrote into it (D1).
  noteDeed(run, 'edits the catalogue', await asHq(run, (deps) => editCatalogue(deps, 20_000 + random.int(9_000))));
}

type Hostile = Awaited<ReturnType<typeof enrolHostile>>;

async function enrolHostile(run: Run, random: SeededRandom) {
  const code = await asHq(run, (deps) => codeFor(deps, 'hostile', 'till'));
  if (code === null) throw new ServerDied();
  const [key, signing] = [nodeKeyFrom(crypto, random.bytes(32)), nodeKeyFrom(crypto, random.bytes(32))];
  const answer = await send(run, { path: '/sync/enrol', body: JSON.stringify(enrolBody(code, key, signing)) });
  if (answer.status !== 200) throw new Error(`it could not enrol: ${answer.body}`);
  const enrolled: EnrolResponse = JSON.parse(answer.body);
  const { node, epoch } = enrolled;
  const nonce = await nonceOf(run);
  // Signing takes real time: untracked, the park would go on meanwhile, another way in every run.
  const assertion = await run.activity.track(() => assertionOf({ key, node, epoch }, nonce));
  const granted = await askToken(run, assertion);
  return { key, enrolled, assertion, token: JSON.parse(granted.body).access_token as string, ...streamOf(enrolled) };
}

/** What it says in its own name is kept, be it nonsense or from the end of time; its clock is nobody else's (S3, H1). */
async function writeItsOwn(run: Run, { key, write, log, token, enrolled }: Hostile, random: SeededRandom) {
  const nowMs = START_MS + run.scheduler.nowMs();
  const at = (ms: number) => ({ hlc: hlcOf(ms, 0), wallMs: ms });
  write(1, plainBody, at(nowMs));
  for (const words of oddEvents(random).filter(({ subject }) => subject.length <= 120)) {
    write(1, () => words.body, { ...words, ...at(nowMs) });
  }
  const odd = log.slice(1);
  write(1, bombBody, { type: 'DocumentChanged', version: 2, subject: 'document:catalogue', ...at(nowMs) });
  write(1, plainBody, { hlc: hlcOf(Date.UTC(2099, 0), 0), wallMs: Date.UTC(2099, 0) });
  write(1, plainBody, at(0));
  const answer = await send(run, { path: '/sync/push', token, body: JSON.stringify(pushOf(key, log)) });
  if (answer.status !== 200) throw new Error(`its own words are refused: ${answer.body}`);
  for (const { hash } of odd) {
    run.faults.oddEvent += 1;
    run.book.oddEvents.set(hash, { by: enrolled.node });
  }
}

type Try = readonly [what: string, expected: string, ask: { readonly path?: string; readonly body: string }];

function triesOf(kiosk: Hostile, other: { node: string; epoch: number }, random: SeededRandom): readonly Try[] {
  const { key, enrolled, log } = kiosk;
  const own = pushOf(key, log.slice(0, 3));
  const tries: readonly Try[] = [
    ...forgeries(key, { park: PARK, ...other }, { ...own, ...other, seal: { ...own.seal, ...other } })
      .filter(({ from }) => from === 1)
      .map((push): Try => ["another's stream", '422 seal_refused', { body: JSON.stringify(push) }]),
    ['no seal', '422 not_a_push', { body: JSON.stringify({ ...own, seal: undefined }) }],
    [
      'a forged seal',
      '422 seal_refused',
      {
        body: JSON.stringify({ ...own, seal: { ...own.seal, signature: own.seal.signature.replace(/^.{4}/, 'AAAA') } }),
      },
    ],
    ['a vector too long', '400 malformed', { path: '/sync/state', body: vectorText(enrolled.node, 201) }],
    ['a vector too large', '413 too_large', { path: '/sync/state', body: vectorText(enrolled.node, 2_000) }],
    ['a huge batch', '413 too_large', { body: JSON.stringify(own).padEnd(300_000) }],
    ["the integers' end", '409 gap', { body: JSON.stringify(atIntegersEnd(pushOf(key, log.slice(0, 1)))) }],
  ];
  // Some of them, so that a seed stays cheap.
  return tries.filter(() => random.chance(0.5));
}

/** S1: an assertion is good once, and a token that was altered never. */
async function replayNonce(run: Run, { assertion, token, enrolled }: Hostile): Promise<void> {
  expectCode(run, 'an assertion said twice', await askToken(run, assertion), '401 unauthenticated');
  // Within the signature: its last character has bits that no byte takes.
  const altered = token.replace(/\.([^.])([^.]*)$/, (_, first, rest) => `.${first === 'A' ? 'B' : 'A'}${rest}`);
  const asked = { path: '/sync/state', token: altered, body: vectorText(enrolled.node, 1) };
  expectCode(run, 'an altered token', await send(run, asked), '401 unauthenticated');
}

/** E6: the last thing that it does in this incarnation. */
async function rewriteItsPast(run: Run, { key, enrolled, token }: Hostile): Promise<void> {
  const rewritten = streamOf(enrolled);
  rewritten.write(3, () => plainBody(1_000_000));
  const push = JSON.stringify(pushOf(key, rewritten.log));
  const first = await send(run, { path: '/sync/push', token, body: push });
  expectCode(run, 'a rewritten past', first, '409 equivocation');
  run.book.refusedRuns.add(`${enrolled.node}/${enrolled.epoch}`);
  expectCode(run, 'one more', await send(run, { path: '/sync/push', token, body: push }), '410 epoch_closed');
}

/** The stream of a kiosk that it may want to write in; its own where the server knows no other. */
async function someoneElses(run: Run, own: string): Promise<{ node: string; epoch: number }> {
  const rows = run.world.database.reader.selectFrom('nodes').select(['node', 'epoch']).where('role', '<>', 'hq');
  const others = await run.activity.track(() =>
    rows.where('node', '<>', own).orderBy('node').orderBy('epoch').execute(),
  );
  const [first] = others;
  if (!first) throw new ServerDied();
  return first;
}

function expectCode(run: Run, what: string, answer: { status: number; body: string }, expected: string): void {
  const found = `${answer.status} ${JSON.parse(answer.body).code ?? ''}`;
  run.trace.add(`the hostile kiosk, ${what}: ${found}`);
  if (found !== expected) run.broken.push({ invariant: REFUSED, found: `${what}: ${found}, not ${expected}` });
}

const nonceOf = async (run: Run): Promise<string> =>
  JSON.parse((await send(run, { path: '/sync/nonce', body: '{}' })).body).nonce;

function askToken(run: Run, assertion: string): Promise<HttpResponse> {
  const form = { grant_type: 'client_credentials', client_assertion_type: CLIENT_ASSERTION_TYPE };
  const body = new URLSearchParams({ ...form, client_assertion: assertion }).toString();
  return send(run, { path: '/sync/token', type: 'application/x-www-form-urlencoded', body });
}

interface Sent {
  readonly path: string;
  readonly body: string;
  readonly token?: string;
  readonly type?: string;
}

/** @throws ServerDied */
async function send(run: Run, { path, body, token, type }: Sent): Promise<HttpResponse> {
  const headers = {
    ...HEADERS,
    ...(type === undefined ? {} : { 'content-type': type }),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
  const request = { method: 'POST' as const, path, headers, body, timeoutMs: 30_000 };
  const answer = await run.activity.track(() => run.server.serve(request));
  if (answer === null) throw new ServerDied();
  return answer;
}
