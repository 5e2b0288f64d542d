import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { _electron } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { buildWeb } from '../../.ci/build-web.ts';

const root = resolve(import.meta.dirname, '../..');
const appFolder = join(root, 'gate-app');

/** Electron's binary, or why it is not here. Its npm package fetches it on first use, from outside the registry. */
function findElectron(): { readonly binary: string } | { readonly missing: string } {
  const folder = dirname(createRequire(join(appFolder, 'package.json')).resolve('electron/package.json'));
  const pathFile = join(folder, 'path.txt');
  if (!existsSync(pathFile))
    return { missing: 'its binary was never fetched (run install-electron where that is possible)' };
  const binary = join(folder, 'dist', readFileSync(pathFile, 'utf8').trim());
  return existsSync(binary) ? { binary } : { missing: `its binary is not at ${binary}` };
}

const electron = findElectron();
const reason = 'missing' in electron ? electron.missing : null;

describe.skipIf(reason !== null)(`Electron${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  it('shows the kiosk’s screens, locked down, with its kiosk answering', { timeout: 120_000 }, async () => {
    if ('missing' in electron) return;
    buildWeb();
    const { buildElectron } = await import('@skygate/gate-app/electron/build-electron');
    await buildElectron();
    const folder = mkdtempSync(join(tmpdir(), 'skygate-electron-'));
    const app = await _electron.launch({
      executablePath: electron.binary,
      args: [appFolder, '--windowed', '--data', folder, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
    });
    try {
      const page = await app.firstWindow();
      await page.waitForSelector('#root > *');
      expect(page.url()).toMatch(/^skygate:\/\/app\//);
      expect(await page.evaluate(() => ['require', 'process', 'module'].filter((name) => name in globalThis))).toEqual(
        [],
      );
      // The set-up screen comes only once the kiosk's process has answered over the port.
      await page.waitForFunction(() => document.querySelectorAll('button').length > 0);
      const before = page.url();
      await page.evaluate(() => {
        location.href = 'https://example.invalid/';
      });
      expect(await page.evaluate(() => window.open('https://example.invalid/'))).toBeNull();
      expect(page.url()).toBe(before);
    } finally {
      await app.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

if (reason !== null) console.warn(`Electron smoke test skipped: ${reason}`);
