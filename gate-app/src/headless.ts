import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import manifest from '../package.json' with { type: 'json' };
import { createKiosk, type Kiosk } from './kiosk/kiosk.ts';
import type { LaunchSecret } from './kiosk/rpc/loopback-guard.ts';
import { createScreenServer, type ScreenAddress, type ScreenServer } from './kiosk/rpc/screen-server.ts';
import { KIOSK_USAGE, type KioskProcessConfig, parseKioskConfig } from './kiosk-config.ts';
import { systemPorts } from './system-ports.ts';

// A kiosk without Electron: the same kiosk, served to a browser of this machine on a loopback port.

const BASE_FOLDER = fileURLToPath(new URL('../../', import.meta.url));
const SECRET_BYTES = 32;

export interface HeadlessKiosk {
  readonly address: ScreenAddress;
  /** Resolves when the kiosk has stopped; rejects if it broke. */
  readonly ended: Promise<void>;
  /** Ends the screens, then the kiosk; everything confirmed is on disk anyway (K2). */
  stop(): Promise<void>;
}

/** Why a kiosk did not start, for the person who started it. */
export class HeadlessStartError extends Error {
  override readonly name = 'HeadlessStartError';
}

/** Starts the kiosk and its screens. @throws HeadlessStartError with what to do */
export async function startHeadless(config: KioskProcessConfig): Promise<HeadlessKiosk> {
  if (!existsSync(join(config.uiFolder, 'index.html'))) {
    throw new HeadlessStartError(`the screens are not built (nothing at ${config.uiFolder}); run: npm run build`);
  }
  const ports = systemPorts(config.logLevel);
  const kiosk = await createKiosk({
    ...ports,
    config: { dataFolder: config.dataFolder, appVersion: manifest.version },
  }).catch((error: unknown) => {
    throw isForOperator(error) ? new HeadlessStartError(error.message) : error;
  });
  const secret: LaunchSecret = { value: Buffer.from(ports.random.bytes(SECRET_BYTES)).toString('hex') };
  const server = createScreenServer({
    api: kiosk.api,
    onStatus: (listener) => kiosk.onStatus(listener),
    log: ports.log,
    uiFolder: config.uiFolder,
    secret,
  });
  const listening = await server.listen(config.port);
  if (!listening.ok) {
    await kiosk.stop();
    throw new HeadlessStartError(portProblem(listening.error));
  }
  return { address: listening.value, ended: kiosk.run(), stop: () => stopBoth(server, kiosk) };
}

async function stopBoth(server: ScreenServer, kiosk: Kiosk): Promise<void> {
  await server.stop();
  await kiosk.stop();
}

function portProblem({
  kind,
  port,
}: {
  readonly kind: 'port_in_use' | 'port_not_allowed';
  readonly port: number;
}): string {
  return kind === 'port_in_use'
    ? `port ${port} is in use, perhaps by a kiosk that already runs; choose another with --port`
    : `port ${port} may not be used by this account; choose one above 1023 with --port`;
}

function isForOperator(error: unknown): error is Error {
  return error instanceof Error && (error.name === 'KioskStartError' || error.name === 'MigrationError');
}

/** Says what is wrong and ends with 1: nothing has started. */
export function refuseToStart(message: string): never {
  console.error(`skygate kiosk: ${message}`);
  process.exit(1);
}

/** The configuration of this process. Ends it with a clear message if that is wrong. */
export function configOrRefuse(args: readonly string[]): KioskProcessConfig {
  const config = parseKioskConfig(args, process.env, BASE_FOLDER);
  return config.ok ? config.value : refuseToStart(`${config.error}\n${KIOSK_USAGE}`);
}

/** Runs a headless kiosk until a signal ends it, and this process with it. */
export async function runHeadless(config: KioskProcessConfig): Promise<ScreenAddress> {
  const kiosk = await startHeadless(config).catch((error: unknown) => {
    if (error instanceof HeadlessStartError) refuseToStart(error.message);
    throw error;
  });
  let isStopping = false;
  const stop = async (exitCode: number): Promise<void> => {
    if (isStopping) return;
    isStopping = true;
    await kiosk.stop();
    process.exit(exitCode);
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void stop(0));
  kiosk.ended.catch((error: unknown) => {
    console.error('skygate kiosk: stopped by a fault of its own', error);
    void stop(1);
  });
  console.log(JSON.stringify({ listening: kiosk.address.url, open: kiosk.address.openUrl }));
  console.log(`The kiosk runs. Its screens, for a browser of this machine:\n  ${kiosk.address.openUrl}`);
  return kiosk.address;
}

if (import.meta.main) await runHeadless(configOrRefuse(process.argv.slice(2)));
