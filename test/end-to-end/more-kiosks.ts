import { join } from 'node:path';
import type { NewKioskAnswer, NewKioskBody } from '@skygate/shared/hq-api/kiosks';
import { accepted, connectToKiosk } from '../demo/kiosk-client.ts';
import { layCable, type NetworkCable } from '../demo/network-cable.ts';
import { type Program, startProgram } from '../demo/program.ts';
import { until } from '../demo/until.ts';
import type { TestDemo } from './screens.ts';

/** A kiosk beside the demo's own two, with a cable of its own: it can be cut off while the others are not. */
export interface ExtraKiosk {
  /** Where its screens open; new at each start. */
  openUrl(): string;
  readonly cable: NetworkCable;
  /** Ends its program and starts it again on its data; `env` is what the new process finds. */
  restart(env?: Readonly<Record<string, string>>): Promise<void>;
  stop(): Promise<void>;
}

export interface ExtraKioskOptions extends NewKioskBody {
  /** Its screens are on this port, its cable on the next one. */
  readonly port: number;
}

/** Enrols it by HQ's one-time code and waits until it has the park's log and people (S1, S3). */
export async function addKiosk(
  { demo, folder }: Pick<TestDemo, 'demo' | 'folder'>,
  options: ExtraKioskOptions,
): Promise<ExtraKiosk> {
  const { port, ...body } = options;
  const server = new URL(demo.serverUrl);
  const cable = await layCable(port + 1, { host: server.hostname, port: Number(server.port) });
  let started = await startKiosk({ folder, port, env: {} });
  const stop = async () => {
    await started.program.stop();
    await cable.stop();
  };
  const restart = async (env: Readonly<Record<string, string>> = {}) => {
    await started.program.stop();
    started = await startKiosk({ folder, port, env });
  };
  try {
    const { code } = await demo.hq.post<NewKioskAnswer>('/parks/ala-archa/kiosks', body);
    const kiosk = await connectToKiosk(started.openUrl);
    accepted('enrol', await kiosk.api.enrol({ serverUrl: `http://127.0.0.1:${cable.port}`, code }));
    await until(`${body.name} to have the park's log`, () => kiosk.status()?.sync.state === 'synced');
    // People come beside the log, by a question of their own.
    await until(`${body.name} to know its people`, async () => (await kiosk.api.listStaff()).length > 0);
    kiosk.close();
    return { openUrl: () => started.openUrl, cable, restart, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface StartOptions {
  readonly folder: string;
  readonly port: number;
  readonly env: Readonly<Record<string, string>>;
}

/** The program of a kiosk on its folder, ready for its screens. */
export async function startKiosk({ folder, port, env }: StartOptions): Promise<{ program: Program; openUrl: string }> {
  const program = startProgram({
    script: 'gate-app/src/headless.ts',
    args: ['--port', String(port), '--data', join(folder, `kiosk-${port}`)],
    env,
    logFile: join(folder, `kiosk-${port}.log`),
  });
  const openUrl = await until('a kiosk to start', () => /"open":"([^"]+)"/.exec(program.output())?.[1], {
    timeoutMs: 60_000,
  }).catch(async (error) => {
    await program.stop();
    throw error;
  });
  return { program, openUrl };
}
