import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { browserArguments, findBrowser } from './find-browser.ts';
import { configOrRefuse, runHeadless } from './headless.ts';

// `npm run kiosk`: in Electron if its binary is there, else headless with the machine's own browser.

const APP_FOLDER = fileURLToPath(new URL('../', import.meta.url));

/** Electron's binary, or null. Its package would download one when asked; a park's kiosk does not wait for that. */
function electronBinary(): string | null {
  try {
    const folder = dirname(createRequire(import.meta.url).resolve('electron/package.json'));
    const binary = join(folder, 'dist', readFileSync(join(folder, 'path.txt'), 'utf8').trim());
    return existsSync(binary) ? binary : null;
  } catch {
    return null;
  }
}

async function runInElectron(binary: string, args: readonly string[]): Promise<void> {
  const { buildElectron } = await import('./electron/build-electron.ts');
  await buildElectron();
  const electron = spawn(binary, [APP_FOLDER, ...args], { stdio: 'inherit' });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => electron.kill(signal));
  electron.on('exit', (code) => process.exit(code ?? 1));
}

function openBrowser(openUrl: string, dataFolder: string): void {
  const browser = findBrowser({ platform: process.platform, env: process.env, exists: existsSync });
  if (browser === null) {
    console.log('No screen or no browser found here: open the address above in a browser of this machine.');
    return;
  }
  const opened = spawn(browser, browserArguments(openUrl, join(dataFolder, 'browser')), { stdio: 'ignore' });
  const isOver = (): void => console.log('The browser has ended; the kiosk goes on. Open the address above to see it.');
  opened.on('error', isOver);
  opened.on('exit', isOver);
  process.on('exit', () => opened.kill());
}

const args = process.argv.slice(2);
const config = configOrRefuse(args);
const electron = electronBinary();
if (electron !== null) {
  await runInElectron(electron, args);
} else {
  const address = await runHeadless(config);
  openBrowser(address.openUrl, config.dataFolder);
}
