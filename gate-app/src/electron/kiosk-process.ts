import type { MessageEvent, ParentPort } from 'electron';
import manifest from '../../package.json' with { type: 'json' };
import { createKiosk, type Kiosk } from '../kiosk/kiosk.ts';
import { portChannel } from '../kiosk/rpc/port-channel.ts';
import { serveRpc } from '../kiosk/rpc/serve-rpc.ts';
import { parseKioskConfig } from '../kiosk-config.ts';
import { systemPorts } from '../system-ports.ts';
import type { FromKioskProcess, ToKioskProcess } from './kiosk-messages.ts';

// The kiosk in a process of its own: a crash of the window or of Electron's main process loses nothing, and a long
// write never makes the screen wait. Same kiosk as headless.ts; only the wire differs.

const parent = (process as unknown as { readonly parentPort: ParentPort }).parentPort;
const tell = (message: FromKioskProcess): void => parent.postMessage(message);

async function main(): Promise<void> {
  const config = parseKioskConfig(process.argv.slice(2), process.env, process.cwd());
  if (!config.ok) return refuse(config.error);
  const ports = systemPorts(config.value.logLevel);
  const { dataFolder } = config.value;
  const kiosk = await createKiosk({ ...ports, config: { dataFolder, appVersion: manifest.version } }).catch(
    (error: unknown) => refuse(error instanceof Error ? error.message : String(error)),
  );
  if (kiosk === undefined) return;
  parent.on('message', (event) => onMessage(event, kiosk, ports.log));
  tell({ kind: 'started' });
  await kiosk.run();
}

function onMessage(event: MessageEvent, kiosk: Kiosk, log: ReturnType<typeof systemPorts>['log']): void {
  const message = event.data as ToKioskProcess;
  if (message.kind === 'stop') {
    void kiosk.stop().then(() => process.exit(0));
    return;
  }
  const [port] = event.ports;
  if (port === undefined) return;
  const onStatus: Kiosk['onStatus'] = (listener) => kiosk.onStatus(listener);
  const serving = serveRpc({ api: kiosk.api, onStatus, log }, portChannel(port));
  port.on('close', () => serving.close());
}

function refuse(message: string): undefined {
  tell({ kind: 'refused', message });
  // The message is delivered before the process ends by itself, having nothing left to do.
  process.exitCode = 1;
}

await main();
