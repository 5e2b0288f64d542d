// `npm run demo:offline -- on|off [--port-base N]`: `on` unplugs the demo's network, `off` plugs it in again.
import { DEFAULT_PORT_BASE, demoPorts } from './demo-config.ts';

const USAGE = 'usage: npm run demo:offline -- on|off [--port-base N]   (on: the network is unplugged)';

function fail(message: string): never {
  console.error(`demo: ${message}\n${USAGE}`);
  process.exit(1);
}

const [wish, flag, base, ...rest] = process.argv.slice(2);
if (wish !== 'on' && wish !== 'off') fail(wish === undefined ? 'on or off?' : `neither on nor off: ${wish}`);
if ((flag !== undefined && flag !== '--port-base') || rest.length > 0) fail(`unknown flag ${flag}`);
const { page } = demoPorts(Number(base ?? DEFAULT_PORT_BASE));
const answer = await fetch(`http://127.0.0.1:${page}/network/${wish === 'on' ? 'off' : 'on'}`, {
  method: 'POST',
}).catch(() => fail(`no demo answers on port ${page}; start it with npm start`));
const { plugged } = (await answer.json()) as { plugged: boolean };
console.log(plugged ? 'The network is plugged in.' : 'The network is unplugged: kiosks are on their own.');
