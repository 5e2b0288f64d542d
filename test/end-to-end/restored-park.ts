import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NewKioskAnswer, NewKioskBody } from '@skygate/shared/hq-api/kiosks';
import type { RecoveryAnswer } from '@skygate/shared/hq-api/recovery';
import type { ParkId } from '@skygate/shared/lib/ids';
import { DATABASES, type OpenedDatabase } from '@skygate/sync-server/db/testing/databases';
import { backUp } from '@skygate/sync-server/restore/testing/backup';
import { buildWeb } from '../../.ci/build-web.ts';
import { zoneInTheMorning } from '../demo/demo-config.ts';
import { DEMO_PARKS, DEMO_STAFF } from '../demo/demo-park.ts';
import { type HqClient, logInToHq } from '../demo/hq-client.ts';
import { accepted, connectToKiosk, type KioskClient } from '../demo/kiosk-client.ts';
import { type Program, startProgram } from '../demo/program.ts';
import { until } from '../demo/until.ts';
import { startKiosk } from './more-kiosks.ts';

const USER = { email: 'hq@example.org', password: 'correct horse' };
/**
 * Five programs of a test share two cores with whatever else runs there, and each step of a recovery may wait half a minute
 * for a kiosk's next try (S5).
 */
export const PATIENT = { timeoutMs: 300_000 };

/** A kiosk as a process of its own, with a client in the place of its screen. */
export interface ParkKiosk {
  readonly name: string;
  readonly node: string;
  isOn(): boolean;
  client(): KioskClient;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** A server process over PostgreSQL, whose database can be put back, and one park with its people and products. */
export interface RestoredPark {
  readonly park: ParkId;
  readonly opened: OpenedDatabase;
  readonly folder: string;
  readonly serverUrl: string;
  hq(): HqClient;
  /** A kiosk that HQ lets in; it has pulled everything. */
  enrol(body: NewKioskBody, port: number): Promise<ParkKiosk>;
  /** A kiosk has everything that HQ and the others said so far. */
  hasPulled(kiosk: ParkKiosk): Promise<unknown>;
  backUp(): Promise<() => Promise<void>>;
  startServer(args?: readonly string[]): Promise<void>;
  /** Like a power cut: no goodbye. */
  killServer(): Promise<void>;
  /** Who is waited for; null while no recovery is open. */
  missing(): Promise<readonly string[] | null>;
  /** For whoever has to find out why a test failed: whom HQ waits for, how the kiosks' sync is, what the programs said. */
  tell(): Promise<string>;
  stop(): Promise<void>;
}

export async function openRestoredPark(portBase: number): Promise<RestoredPark> {
  const [demo] = DEMO_PARKS;
  if (!demo) throw new Error('the demo has a park');
  const park = demo.park as ParkId;
  buildWeb();
  const folder = await mkdtemp(join(tmpdir(), 'skygate-restore-'));
  const opened = await DATABASES.PostgreSQL();
  const serverUrl = `http://127.0.0.1:${portBase}`;
  const kiosks: ParkKiosk[] = [];
  let server: Program | null = null;
  let loggedIn: HqClient | null = null;
  const hq = (): HqClient => {
    if (loggedIn === null) throw new Error('the server is off');
    return loggedIn;
  };

  const startServer = async (args: readonly string[] = []): Promise<void> => {
    const env = { DATABASE_URL: opened.url ?? '', SKYGATE_HQ_EMAIL: USER.email, SKYGATE_HQ_PASSWORD: USER.password };
    const started = startProgram({
      script: 'sync-server/src/index.ts',
      args: ['--port', String(portBase), '--data', join(folder, 'server'), ...args],
      env: { ...env, SKYGATE_LOG: 'warn' },
      logFile: join(folder, 'server.log'),
    });
    server = started;
    await until('the server to start', () => started.output().includes(serverUrl), PATIENT);
    loggedIn = await logInToHq(serverUrl, USER);
  };

  const hasPulled = ({ name, node }: ParkKiosk) =>
    until(
      `${name} to have pulled all`,
      async () => {
        const row = await opened.database.reader
          .selectFrom('nodes as n')
          .innerJoin('parks as p', 'p.park', 'n.park')
          .select(['n.pulled_position', 'p.head'])
          .where('n.park', '=', park)
          .where('n.node', '=', node)
          .where('n.state', '=', 'open')
          .executeTakeFirst();
        return row && (row.pulled_position ?? 0) >= row.head;
      },
      PATIENT,
    );

  const enrol = async (body: NewKioskBody, port: number): Promise<ParkKiosk> => {
    const { code } = await hq().post<NewKioskAnswer>(`/parks/${park}/kiosks`, body);
    const running = await runKiosk(folder, port);
    const reply = await running.client().api.enrol({ serverUrl, code });
    const { identity } = accepted(`enrol ${body.name}`, reply);
    const kiosk = { ...running, name: body.name, node: identity?.node ?? '' };
    kiosks.push(kiosk);
    await hasPulled(kiosk);
    return kiosk;
  };

  await startServer();
  const seeding = hq();
  await seeding.post('/parks', { park, document: { ...demo.document, timeZone: zoneInTheMorning(Date.now()) } });
  for (const [productId, product] of Object.entries(demo.products)) {
    await seeding.put(`/parks/${park}/catalogue/products/${productId}`, product);
  }
  for (const person of DEMO_STAFF) await seeding.post(`/parks/${park}/staff`, person);

  return {
    park,
    opened,
    folder,
    serverUrl,
    hq,
    enrol,
    hasPulled,
    backUp: () => backUp(opened.database, park),
    startServer,
    killServer: async () => server?.kill(),
    missing: async () => {
      const { parks } = await hq().get<RecoveryAnswer>('/recovery');
      const open = parks.find((item) => item.park === park && !item.isOver);
      return open?.missing.map(({ name }) => name).sort() ?? null;
    },
    tell: async () => {
      const recovery = await hq()
        .get('/recovery')
        .catch((error: unknown) => String(error));
      const syncs = kiosks.map(({ name, isOn, client }) => [name, isOn() ? client().status()?.sync : 'off']);
      const logs = readdirSync(folder).filter((file) => file.endsWith('.log'));
      const said = logs.map((file) => `${file}\n${lastLines(join(folder, file))}`);
      return [JSON.stringify({ recovery, syncs }, null, 1), ...said].join('\n');
    },
    stop: async () => {
      await Promise.all(kiosks.map((kiosk) => kiosk.stop()));
      await server?.stop();
      await opened.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function runKiosk(folder: string, port: number): Promise<Pick<ParkKiosk, 'isOn' | 'client' | 'start' | 'stop'>> {
  let program: Program | null = null;
  let client: KioskClient | null = null;
  const start = async () => {
    const started = await startKiosk({ folder, port, env: {} });
    program = started.program;
    client = await connectToKiosk(started.openUrl);
  };
  await start();
  return {
    start,
    isOn: () => client !== null,
    client: () => {
      if (client === null) throw new Error('the kiosk is off');
      return client;
    },
    stop: async () => {
      client?.close();
      client = null;
      await program?.stop();
      program = null;
    },
  };
}

const lastLines = (file: string): string => readFileSync(file, 'utf8').split('\n').slice(-30).join('\n');
