// `npm start`: the whole of Skygate on this machine, from nothing: server, two kiosks, demo parks and tickets.
import { buildWeb } from '../../.ci/build-web.ts';
import { DEFAULT_PORT_BASE, DEMO_USAGE, type DemoConfig, parseDemoConfig } from './demo-config.ts';
import { DEMO_HQ_USER, DEMO_STAFF } from './demo-park.ts';
import { type Demo, runDemo } from './run-demo.ts';

function fail(error: unknown): never {
  console.error(`skygate demo: ${error instanceof Error ? error.message : error}`);
  process.exit(1);
}

function parsed(): DemoConfig {
  try {
    return parseDemoConfig(process.argv.slice(2));
  } catch (error) {
    return fail(`${error instanceof Error ? error.message : error}\n${DEMO_USAGE}`);
  }
}

function tell(demo: Demo, config: DemoConfig, seconds: number): void {
  const { server } = config.ports;
  const base = server === DEFAULT_PORT_BASE ? '' : ` --port-base ${server}`;
  const staff = DEMO_STAFF.map(({ name, role, pin }) => `${name} (${role}) PIN ${pin}`).join(', ');
  console.log(`
Skygate runs (${seconds.toFixed(1)} s). Data: ${config.dataFolder}

  HQ           ${demo.serverUrl}
               ${DEMO_HQ_USER.email} / ${DEMO_HQ_USER.password}
  Gate kiosk   ${demo.gate.openUrl}
  Till kiosk   ${demo.till.openUrl}
               staff: ${staff}
  Demo page    ${demo.pageUrl}   sample ticket codes to print, and the network switch

Try: unplug the network (npm run demo:offline -- on${base}, or the switch on the demo page), open a shift at the till and sell
a family ticket, hold its QR before the gate's camera or type its code, scan it again, plug the network in
(npm run demo:offline -- off${base}) and watch HQ's page Now. Ctrl-C stops everything; nothing is lost.`);
}

const config = parsed();
const started = performance.now();
try {
  buildWeb();
  const demo = await runDemo(config);
  tell(demo, config, (performance.now() - started) / 1000);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => void demo.stop().then(() => process.exit(0)));
  }
} catch (error) {
  fail(error);
}
