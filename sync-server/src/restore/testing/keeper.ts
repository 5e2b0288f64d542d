import type { NodeId } from '@skygate/shared/lib/ids';
import type { PullResponse, PullRun } from '@skygate/shared/protocol/pull';
import type { PushRequest } from '@skygate/shared/protocol/push';
import type { StateResponse, StreamHeadOnWire, WantedStream } from '@skygate/shared/protocol/state';
import { get, push, type TestKiosk, type TestServer } from '../../db/testing/test-server.ts';

interface Kept {
  readonly node: string;
  readonly epoch: number;
  readonly events: PullRun['events'][number][];
  readonly seals: Map<number, PullRun['seal']>;
}

/** A kiosk's copy of other streams, as it pulled them, and how it greets and delivers from it (E8). */
export interface Keeper {
  readonly kiosk: TestKiosk;
  readonly streams: ReadonlyMap<string, Kept>;
  /** Pulls all there is; a stream whose past differs from what is held stays as it is. */
  pull(server: TestServer): Promise<void>;
  vector(): StreamHeadOnWire[];
  greet(server: TestServer, streams?: StreamHeadOnWire[]): Promise<StateResponse>;
  /** The next run of a stream from a seq. */
  runFrom(wanted: WantedStream): PushRequest;
  /** Greets and delivers what is wanted until nothing is. @returns how many pushes that took */
  report(server: TestServer): Promise<number>;
}

export function keeperOf(kiosk: TestKiosk): Keeper {
  const streams = new Map<string, Kept>();
  let cursor = 0;
  let logId = '';
  const keeper: Keeper = {
    kiosk,
    streams,
    async pull(server) {
      let page: PullResponse;
      do {
        page = (await get(server, `/sync/pull?after=${cursor}`, kiosk.token)).json();
        if (page.logId !== logId) {
          logId = page.logId;
          if (cursor > 0) {
            cursor = 0;
            continue;
          }
        }
        for (const run of page.runs) keep(streams, run);
        cursor = page.next;
      } while (cursor < page.head);
    },
    vector: () =>
      [...streams.values()].map(({ node, epoch, events, seals }) => {
        const seal = seals.get(events.length);
        if (!seal) throw new Error('a kept stream ends at a seal');
        return { node, epoch, to: events.length, headHash: seal.headHash, seal };
      }),
    async greet(server, claims = keeper.vector()) {
      const answer = await server.app.inject({
        method: 'POST',
        url: '/sync/state',
        headers: { 'skygate-protocol': '2', authorization: `Bearer ${kiosk.token}` },
        payload: { streams: claims },
      });
      if (answer.statusCode !== 200) throw new Error(`${answer.statusCode} ${answer.body}`);
      return answer.json();
    },
    runFrom: ({ node, epoch, from }) => {
      const kept = streams.get(`${node}/${epoch}`);
      const seal = [...(kept?.seals ?? [])].map(([, one]) => one).find(({ to }) => to >= from && to < from + 500);
      if (!kept || !seal) throw new Error(`nothing is kept of ${node}/${epoch} from ${from}`);
      return { node, epoch, from, events: kept.events.slice(from - 1, seal.to), seal };
    },
    async report(server) {
      let pushes = 0;
      for (let wants = (await keeper.greet(server)).wants ?? []; wants.length > 0; ) {
        for (const wanted of wants) pushes += await deliver(server, keeper, wanted);
        wants = (await keeper.greet(server)).wants ?? [];
        if (pushes > 100) throw new Error('delivering does not end');
      }
      return pushes;
    },
  };
  return keeper;
}

async function deliver(server: TestServer, keeper: Keeper, wanted: WantedStream): Promise<number> {
  let pushes = 0;
  let { from } = wanted;
  const last = keeper.streams.get(`${wanted.node}/${wanted.epoch}`)?.events.length ?? 0;
  while (from <= last && pushes < 100) {
    const answer = await push(server, keeper.kiosk.token, keeper.runFrom({ ...wanted, from }));
    pushes += 1;
    const body = answer.json();
    if (answer.statusCode === 200) from = body.acknowledged + 1;
    else if (body.code === 'gap') from = body.needFrom;
    else throw new Error(`${wanted.node} from ${from}: ${answer.statusCode} ${answer.body}`);
  }
  return pushes;
}

function keep(streams: Map<string, Kept>, run: PullRun): void {
  const name = `${run.node}/${run.epoch}`;
  const kept: Kept = streams.get(name) ?? { node: run.node as NodeId, epoch: run.epoch, events: [], seals: new Map() };
  if (run.from !== kept.events.length + 1) return;
  streams.set(name, kept);
  kept.events.push(...run.events);
  kept.seals.set(run.seal.to, run.seal);
}
