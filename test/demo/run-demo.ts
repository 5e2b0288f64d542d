import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { join } from 'node:path';
import type { NewKioskAnswer } from '@skygate/shared/hq-api/kiosks';
import { businessDateOf } from '@skygate/shared/lib/local-time';
import type { DemoConfig } from './demo-config.ts';
import { serveDemoPage } from './demo-page.ts';
import { DEMO_CUT_OFF_HOUR, DEMO_HQ_USER } from './demo-park.ts';
import { type HqClient, logInToHq } from './hq-client.ts';
import { accepted, connectToKiosk, type KioskClient } from './kiosk-client.ts';
import { layCable, type NetworkCable } from './network-cable.ts';
import { type Program, startProgram } from './program.ts';
import { makeSamples, type SampleCode, useTicket } from './sample-codes.ts';
import { issuePresold, openSales, seedParks } from './seed-hq.ts';
import { until } from './until.ts';

/** A kiosk of the demo: its process and the address that opens its screens (new at each start). */
export interface DemoKiosk {
  readonly program: Program;
  readonly openUrl: string;
}

/** The demo, running: what `npm start` shows and what the end-to-end tests drive. */
export interface Demo {
  readonly serverUrl: string;
  readonly pageUrl: string;
  readonly server: Program;
  readonly gate: DemoKiosk;
  readonly till: DemoKiosk;
  readonly cable: NetworkCable;
  readonly hq: HqClient;
  readonly samples: readonly SampleCode[];
  /** Codes of the tickets sold for today before the demo began; the samples are among them. */
  readonly presold: readonly string[];
  /** Starts a kiosk again on its data after it was killed. */
  restart(which: 'gate' | 'till'): Promise<DemoKiosk>;
  /** Starts the server again on its data after it was killed. */
  restartServer(): Program;
  stop(): Promise<void>;
}

/** What the demo remembers between starts. */
interface DemoMemory {
  /** The park's business day that the samples are for. */
  readonly date: string;
  readonly samples: readonly SampleCode[];
  readonly presold: readonly string[];
}

const KIOSKS = {
  gate: { name: 'Вход 1', role: 'gate', gateId: 'gate-1' },
  till: { name: 'Касса 1', role: 'till', gateId: 'till-1' },
} as const;

/** Starts server, cable and kiosks, and brings the data to today. @throws in words if a part does not come up */
export async function runDemo(config: DemoConfig): Promise<Demo> {
  const { dataFolder, fresh, ports } = config;
  if (fresh) rmSync(dataFolder, { recursive: true, force: true });
  mkdirSync(dataFolder, { recursive: true });
  const programs: Program[] = [];
  const serverUrl = `http://127.0.0.1:${ports.server}`;
  try {
    const server = startServer(config, programs);
    const cable = await layCable(ports.cable, { host: '127.0.0.1', port: ports.server });
    const [gate, till] = await Promise.all([
      startKiosk(config, 'gate', programs),
      startKiosk(config, 'till', programs),
    ]);
    await untilUp('the server', server, async () => (await fetch(`${serverUrl}/health/ready`).catch(() => null))?.ok);
    const hq = await logInToHq(serverUrl, DEMO_HQ_USER);
    const { samples, presold } = await bringToToday(config, hq, { gate, till });
    const links = [
      { name: 'HQ', url: serverUrl },
      { name: 'Gate kiosk', url: gate.openUrl },
      { name: 'Till kiosk', url: till.openUrl },
    ];
    const page = await serveDemoPage({ port: ports.page, cable, links, samples });
    const restart = (which: 'gate' | 'till') => startKiosk(config, which, programs);
    const stop = () => stopAll(programs, cable, page);
    return {
      serverUrl,
      pageUrl: `http://127.0.0.1:${ports.page}`,
      server,
      gate,
      till,
      cable,
      hq,
      samples,
      presold,
      restart,
      restartServer: () => startServer(config, programs),
      stop,
    };
  } catch (error) {
    await Promise.all(programs.map((program) => program.stop()));
    throw error;
  }
}

async function stopAll(programs: readonly Program[], cable: NetworkCable, page: Server): Promise<void> {
  page.close();
  page.closeAllConnections();
  await Promise.all(programs.map((program) => program.stop()));
  await cable.stop();
}

function startServer({ dataFolder, ports }: DemoConfig, programs: Program[]): Program {
  const server = startProgram({
    script: 'sync-server/src/index.ts',
    args: ['--port', String(ports.server), '--data', join(dataFolder, 'server')],
    env: { SKYGATE_HQ_EMAIL: DEMO_HQ_USER.email, SKYGATE_HQ_PASSWORD: DEMO_HQ_USER.password },
    logFile: join(dataFolder, 'server.log'),
  });
  programs.push(server);
  return server;
}

async function startKiosk(
  { dataFolder, ports }: DemoConfig,
  which: 'gate' | 'till',
  programs: Program[],
): Promise<DemoKiosk> {
  const program = startProgram({
    script: 'gate-app/src/headless.ts',
    args: ['--port', String(ports[which]), '--data', join(dataFolder, which)],
    logFile: join(dataFolder, `${which}.log`),
  });
  programs.push(program);
  const openUrl = await untilUp(`the ${which} kiosk`, program, () => /"open":"([^"]+)"/.exec(program.output())?.[1]);
  return { program, openUrl };
}

/** Waits for a program to be ready; one that ends instead is reported with its own last words. */
async function untilUp<Value>(
  what: string,
  program: Program,
  ask: () => Promise<Value> | Value,
): Promise<NonNullable<Value>> {
  const ready = await until(
    what,
    async () => {
      if (program.process.exitCode !== null) throw new Error(`${what} did not start: ${program.output().trim()}`);
      return ask();
    },
    { timeoutMs: 60_000 },
  );
  return ready as NonNullable<Value>;
}

async function bringToToday(
  { dataFolder, ports, timeZone }: DemoConfig,
  hq: HqClient,
  kiosks: { readonly gate: DemoKiosk; readonly till: DemoKiosk },
): Promise<DemoMemory> {
  const memoryFile = join(dataFolder, 'demo.json');
  const today = businessDateOf(Date.now(), timeZone, DEMO_CUT_OFF_HOUR);
  await seedParks(hq, timeZone);
  const gate = await connectToKiosk(kiosks.gate.openUrl);
  const till = await connectToKiosk(kiosks.till.openUrl);
  try {
    for (const [which, kiosk] of [
      ['gate', gate],
      ['till', till],
    ] as const)
      await enrol({ hq, kiosk, which, port: ports.cable });
    const memory = readMemory(memoryFile);
    if (memory?.date === today && memory.presold) return memory;
    await openSales(hq, today);
    const tickets = await issuePresold(hq, today);
    const samples = await makeSamples(hq, today, tickets);
    const used = samples.find(({ name }) => name === 'used');
    if (used) await useTicket(gate.api, used.code);
    const remembered: DemoMemory = { date: today, samples, presold: tickets.map(({ code }) => code) };
    writeFileSync(memoryFile, JSON.stringify(remembered));
    return remembered;
  } finally {
    gate.close();
    till.close();
  }
}

const readMemory = (file: string): DemoMemory | null =>
  existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as DemoMemory) : null;

/** The real enrolment (S1): a one-time code from HQ, typed in at the kiosk. */
async function enrol(options: {
  readonly hq: HqClient;
  readonly kiosk: KioskClient;
  readonly which: 'gate' | 'till';
  readonly port: number;
}): Promise<void> {
  const { hq, kiosk, which, port } = options;
  if ((await kiosk.api.getStatus()).identity) return;
  const { code } = await hq.post<NewKioskAnswer>('/parks/ala-archa/kiosks', KIOSKS[which]);
  accepted(`enrol the ${which}`, await kiosk.api.enrol({ serverUrl: `http://127.0.0.1:${port}`, code }));
}
