import { type HttpRequest, type HttpResponse, NetworkError, type Transport } from '@skygate/gate-app/kiosk/ports';
import type { SeededRandom } from '@skygate/shared/testing/seeded-random';
import type { Activity } from './activity.ts';
import type { FaultCounts } from './faults.ts';
import type { Scheduler } from './scheduler.ts';
import type { Trace } from './trace.ts';
import type { Life, YieldPoint } from './yield-points.ts';

/** What the network does to one request and its answer. */
export interface NetworkWeather {
  /** Chances in [0, 1). */
  readonly loseRequest: number;
  readonly loseAnswer: number;
  readonly duplicate: number;
  /** A delay long enough to be overtaken by what was sent later. */
  readonly straggle: number;
  /** Something on the way answers in the server's place, whatever the server did. */
  readonly proxyPage: number;
}

export const FAIR_WEATHER: NetworkWeather = { loseRequest: 0, loseAnswer: 0, duplicate: 0, straggle: 0, proxyPage: 0 };

/** Answers a request, or null if the server died over it. */
export type Serve = (request: HttpRequest) => Promise<HttpResponse | null>;

export interface Network {
  transportOf(kiosk: string, life: Life): Transport;
  setWeather(weather: NetworkWeather): void;
  /** Cuts or joins a kiosk. `answers`: its requests arrive and only the answers are lost (one-way). */
  cut(kiosk: string, how: 'both' | 'answers' | 'none'): void;
  /** The server lost positions that kiosks had seen (E8): what was pulled before tells nothing of what is there. */
  logBeganAnew(): void;
  /** An older backup is there, up to `head`, and its log may keep its id: what was given beyond is pulled anew (E8). */
  endsAgainAt(head: number): void;
  /** Positions asked for by `GET /sync/pull`, as the server got to see them; null once the log began anew. */
  pulls(): readonly PullSeen[] | null;
  /** A kiosk has a reason to read the log from an earlier place: an older disk, or another incarnation (E6). */
  mayGoBack(kiosk: string): void;
  /** Up to where a kiosk said last that it has pulled. */
  askedAfter(kiosk: string): number;
  pushes(): number;
}

/** Somebody showed that it holds all up to a position (C5). */
export interface PullSeen {
  readonly kiosk: string;
  readonly after: number;
  /** Simulated time. */
  readonly atMs: number;
}

export interface NetworkDeps {
  readonly scheduler: Scheduler;
  readonly activity: Activity;
  readonly random: SeededRandom;
  readonly trace: Trace;
  readonly faults: FaultCounts;
  readonly serve: Serve;
  /** A kiosk asked for a page that lies before one it asked for already. */
  readonly onCursorBack: (kiosk: string) => void;
}

export function createNetwork(deps: NetworkDeps): Network {
  const { faults, random } = deps;
  let weather = FAIR_WEATHER;
  let pushes = 0;
  let pulls: PullSeen[] | null = [];
  const cuts = new Map<string, 'both' | 'answers'>();
  const cursors = createCursorWatch(deps.onCursorBack);

  const strikes = (fault: keyof FaultCounts, chance: number): boolean => {
    const struck = random.chance(chance);
    if (struck) faults[fault] += 1;
    return struck;
  };
  const delayMs = (): number => (strikes('delayed', weather.straggle) ? 500 + random.int(9_500) : 2 + random.int(60));

  const notePull = ({ kiosk, request }: Call): void => {
    const after = pulledAfter(request);
    if (after !== null) pulls?.push({ kiosk, after, atMs: deps.scheduler.nowMs() });
  };

  const noteGood = ({ kiosk, request }: Call, { body }: HttpResponse): void => {
    if (isPush(request)) pushes += 1;
    if (pulledAfter(request) !== null) cursors.given(kiosk, body);
  };

  const deliver = async (call: Call): Promise<void> => {
    notePull(call);
    const response = await deps.activity.track(() => deps.serve(call.request));
    deps.trace.add(`${call.kiosk} ${call.request.method} ${call.request.path} ${response?.status ?? 'died'}`);
    if (response?.status === 200) noteGood(call, response);
    if (cuts.has(call.kiosk)) return;
    const lost = isPush(call.request) ? 'lostAcknowledgement' : 'lostAnswer';
    if (response === null || strikes(lost, weather.loseAnswer)) fail(call);
    else {
      const answer = strikes('proxyPage', weather.proxyPage) ? proxyPage(random) : response;
      deps.scheduler.after(delayMs(), () => {
        if (answer === response && isLetIn(call.request, response)) cursors.forget(call.kiosk);
        cursors.told(call.kiosk, answer.body);
        call.answer(answer);
      });
    }
  };

  /** A broken connection is noticed at once, or only when the patience of the caller ends. */
  const fail = (call: Call): void => {
    if (random.chance(0.7)) deps.scheduler.after(delayMs(), call.reset);
  };

  const send = (call: Call): void => {
    cursors.note(call);
    if (cuts.get(call.kiosk) === 'both' || strikes('lostRequest', weather.loseRequest)) {
      fail(call);
      return;
    }
    deps.scheduler.after(delayMs(), () => void deliver(call));
    if (!strikes('duplicated', weather.duplicate)) return;
    deps.scheduler.after(
      delayMs() + random.int(3_000),
      () => void deliver({ ...call, answer: () => {}, reset: () => {} }),
    );
  };

  return {
    transportOf: (kiosk, life) => transportOf({ deps, send, kiosk, life }),
    setWeather: (next) => {
      weather = next;
    },
    cut: (kiosk, how) => {
      if (how === 'none') cuts.delete(kiosk);
      else cuts.set(kiosk, how);
    },
    logBeganAnew: () => {
      pulls = null;
    },
    endsAgainAt: cursors.lostAfter,
    pulls: () => pulls,
    mayGoBack: cursors.forget,
    askedAfter: cursors.at,
    pushes: () => pushes,
  };
}

const proxyPage = (random: SeededRandom): HttpResponse => ({
  status: random.pick([200, 400, 403, 502, 504]),
  headers: { 'content-type': 'text/html' },
  body: '<html><body>Please log in to the network.</body></html>',
});

/**
 * A cursor goes back only where the kiosk was told of another log, or was given positions that a backup does not have: then
 * to the beginning, once (E8).
 */
function createCursorWatch(onCursorBack: NetworkDeps['onCursorBack']) {
  const cursors = new Map<string, number>();
  const logs = new Map<string, string>();
  const ends = new Map<string, number>();
  const forgiven = new Set<string>();
  return {
    given: (kiosk: string, body: string): void => {
      const next = Number(/"next":(\d+),"head"/.exec(body)?.[1] ?? 0);
      ends.set(kiosk, Math.max(next, ends.get(kiosk) ?? 0));
    },
    lostAfter: (head: number): void => {
      for (const [kiosk, end] of ends) if (end > head) forgiven.add(kiosk);
    },
    note: ({ kiosk, request }: Call): void => {
      const after = pulledAfter(request);
      if (after === null) return;
      const isBack = after < (cursors.get(kiosk) ?? 0);
      if (isBack && !(after === 0 && forgiven.delete(kiosk))) onCursorBack(kiosk);
      cursors.set(kiosk, after);
    },
    told: (kiosk: string, body: string): void => {
      const logId = /"logId":"([^"]+)"/.exec(body)?.[1];
      if (logId === undefined || logId === logs.get(kiosk)) return;
      if (cursors.has(kiosk)) forgiven.add(kiosk);
      logs.set(kiosk, logId);
    },
    at: (kiosk: string): number => cursors.get(kiosk) ?? 0,
    forget: (kiosk: string): void => {
      cursors.delete(kiosk);
    },
  };
}

function pulledAfter(request: HttpRequest): number | null {
  const after = /^\/sync\/pull\?after=(\d+)/.exec(request.path)?.[1];
  return after === undefined ? null : Number(after);
}

interface Call {
  readonly kiosk: string;
  readonly request: HttpRequest;
  readonly answer: (response: HttpResponse) => void;
  readonly reset: () => void;
}

/** A new incarnation pulls everything anew (E6); until it hears that it is one, the one before may ask once more. */
const isLetIn = ({ path }: HttpRequest, { status }: HttpResponse): boolean =>
  path === '/sync/enrol' && (status === 200 || status === 201);

const isPush = (request: HttpRequest): boolean => request.path === '/sync/push';

interface TransportDeps {
  readonly deps: NetworkDeps;
  readonly send: (call: Call) => void;
  readonly kiosk: string;
  readonly life: Life;
}

function transportOf({ deps, send, kiosk, life }: TransportDeps): Transport {
  const exchange = (request: HttpRequest, signal: AbortSignal): Promise<HttpResponse> =>
    new Promise((resolve, reject) => {
      const point = pointOf(request.path);
      if (!life.survives(`ask ${point}` as YieldPoint)) return;
      let given = false;
      const give = (finish: () => void): void => {
        if (given) return;
        given = true;
        callOff();
        signal.removeEventListener('abort', abort);
        if (life.survives(`told ${point}` as YieldPoint)) finish();
      };
      const callOff = deps.scheduler.after(request.timeoutMs, () =>
        give(() => reject(new NetworkError('no answer in time'))),
      );
      const abort = (): void => give(() => reject(new NetworkError('called off')));
      signal.addEventListener('abort', abort, { once: true });
      send({
        kiosk,
        request,
        answer: (response) => give(() => resolve(response)),
        reset: () => give(() => reject(new NetworkError('connection reset'))),
      });
    });
  return { request: (_serverUrl, request, signal) => deps.activity.park(exchange(request, signal)) };
}

function pointOf(path: string): 'enrol' | 'token' | 'state' | 'push' | 'pull' | 'people' | 'telemetry' | 'leases' {
  if (path.startsWith('/sync/pull')) return 'pull';
  if (path.startsWith('/sync/people')) return 'people';
  if (path === '/sync/push') return 'push';
  if (path === '/sync/telemetry') return 'telemetry';
  if (path === '/sync/leases') return 'leases';
  if (path === '/sync/enrol') return 'enrol';
  return path === '/sync/state' ? 'state' : 'token';
}
