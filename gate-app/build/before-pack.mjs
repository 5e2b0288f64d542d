// electron-builder's hook: what goes into an installer is built from the sources at hand.
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { buildElectron } from '../src/electron/build-electron.ts';

const inApp = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

export default async function beforePack() {
  await build({ root: inApp('src/ui'), configFile: inApp('vite.config.ts'), logLevel: 'warn' });
  await buildElectron();
}
