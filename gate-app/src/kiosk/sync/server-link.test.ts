import { problemType } from '@skygate/shared/protocol/problem';
import { PROTOCOL_HEADER } from '@skygate/shared/protocol/protocol-version';
import { fakeClock } from '@skygate/shared/testing/fake-clock';
import Type from 'typebox';
import { describe, expect, it } from 'vitest';
import { createKioskClock } from '../kiosk-clock.ts';
import type { HttpRequest, HttpResponse } from '../ports.ts';
import { createServerLink, type Question } from './server-link.ts';
import { UPWARDS_AGAIN_MS } from './spoken-version.ts';

const SERVER = 'http://hq.example';
const QUESTION: Question = {
  method: 'POST',
  path: '/sync/state',
  headers: { 'content-type': 'application/json' },
  body: '{"streams":[]}',
  timeoutMs: 1_000,
  version1: { method: 'GET' },
};

const problem = (status: number, code: string, type = problemType(code)): HttpResponse => ({
  status,
  headers: {},
  body: JSON.stringify({ type, title: code, status, code }),
});

/** A server that knows these versions, and what it was asked. */
function serverOf(known: readonly string[]) {
  const asked: string[] = [];
  const versions = new Set(known);
  /** Answers that something on the way gives in its place. */
  const pages: HttpResponse[] = [];
  const request = async (_url: string, { method, headers, body }: HttpRequest): Promise<HttpResponse> => {
    const version = headers[PROTOCOL_HEADER] ?? '';
    asked.push(`${version} ${method} ${body}`);
    if (pages.length > 0) return pages.shift() as HttpResponse;
    return versions.has(version) ? { status: 200, headers: {}, body: '{}' } : problem(426, 'upgrade_needed');
  };
  return { asked, versions, pages, transport: { request } };
}

function linkTo(server: ReturnType<typeof serverOf>) {
  const clock = fakeClock();
  const link = createServerLink({ transport: server.transport, clock: createKioskClock(clock) });
  const ask = (question = QUESTION, url = SERVER) =>
    link.ask(url, question, { answer: Type.Object({}), signal: new AbortController().signal });
  return { clock, link, ask };
}

describe('the version spoken with a server', () => {
  it('is the newest where the server knows it', async () => {
    const server = serverOf(['1', '2']);
    const { ask, link } = linkTo(server);
    expect(await ask()).toMatchObject({ ok: true });
    expect(server.asked).toEqual(['2 POST {"streams":[]}']);
    expect(link.protocolVersion(SERVER)).toBe(2);
  });

  it('goes down at once on 426, in the form that version knows, and stays there for that server', async () => {
    const server = serverOf(['1']);
    const { ask, link } = linkTo(server);
    expect(await ask()).toMatchObject({ ok: true });
    expect(await ask()).toMatchObject({ ok: true });
    expect(server.asked).toEqual(['2 POST {"streams":[]}', '1 GET null', '1 GET null']);
    expect([link.protocolVersion(SERVER), link.protocolVersion('http://other.example')]).toEqual([1, 2]);
  });

  it('asks a question that version 1 does not know nowhere', async () => {
    const server = serverOf(['1']);
    const { ask } = linkTo(server);
    await ask();
    const answer = await ask({ ...QUESTION, path: '/sync/leases', version1: null });
    expect(answer).toMatchObject({ ok: false, error: { refusal: { status: 426, code: 'upgrade_needed' } } });
    expect(server.asked).toHaveLength(2);
  });

  it('is tried upwards again after an hour, and a server that was renewed is spoken to in the newest', async () => {
    const server = serverOf(['1']);
    const { ask, clock, link } = linkTo(server);
    await ask();
    server.versions.add('2');
    clock.advance(UPWARDS_AGAIN_MS - 1);
    await ask();
    expect(server.asked.at(-1)).toBe('1 GET null');
    clock.advance(1);
    await ask();
    expect(server.asked.at(-1)).toBe('2 POST {"streams":[]}');
    expect(link.protocolVersion(SERVER)).toBe(2);
  });

  it('that knows none of ours is told so, and asked once in each', async () => {
    const server = serverOf(['3']);
    const { ask } = linkTo(server);
    expect(await ask()).toMatchObject({ ok: false, error: { kind: 'refused', refusal: { status: 426 } } });
    expect(server.asked).toEqual(['2 POST {"streams":[]}', '1 GET null']);
  });
});

describe('S2: who answers', () => {
  const html = '<html>Log in to the network</html>';

  it.each([
    ['a page', { status: 410, headers: {}, body: html }],
    ['a page with a good status', { status: 200, headers: {}, body: html }],
    ['a problem document of a gateway', problem(410, 'epoch_closed', 'about:blank')],
    ['a problem of another status', { ...problem(410, 'epoch_closed'), status: 403 }],
  ])('%s is not the server', async (_, page) => {
    const server = serverOf(['1', '2']);
    const { ask, link } = linkTo(server);
    server.pages.push(page);
    const answer = await ask();
    expect(answer).toMatchObject({ ok: false, error: { kind: 'nonsense', status: page.status } });
    expect(link.lastContactMs()).toBeNull();
    server.pages.push(problem(410, 'epoch_closed'));
    expect(await ask()).toMatchObject({ ok: false, error: { kind: 'refused', refusal: { code: 'epoch_closed' } } });
    expect(link.lastContactMs()).not.toBeNull();
  });

  it('a page of status 426 changes no version', async () => {
    const server = serverOf(['2']);
    const { ask, link } = linkTo(server);
    server.pages.push({ status: 426, headers: {}, body: html }, problem(426, 'upgrade_needed', 'about:blank'));
    for (let page = 0; page < 2; page += 1) expect(await ask()).toMatchObject({ error: { kind: 'nonsense' } });
    expect(link.protocolVersion(SERVER)).toBe(2);
  });
});
