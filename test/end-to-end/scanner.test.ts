import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createScreenServer, type ScreenServer } from '@skygate/gate-app/kiosk/rpc/screen-server';
import type { KioskApi } from '@skygate/gate-app/rpc-contract/kiosk-api';
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBrowser } from './browser.ts';
import { typeAsScanner } from './hand-scanner.ts';
import { writeQrVideo } from './qr-video.ts';
import { PATIENCE_MS } from './screens.ts';

// The scanner in a real browser, built as the screens are and served with their headers: the policy that keeps foreign
// code out must let the decoding worker and its WASM in, and nothing may come from outside.

const CODE = 'SG1:6BF+70790T9WJWG.FKY*4GO0.O1CV2 ETQ%W-/A$C3:';
const gateApp = resolve(import.meta.dirname, '../../gate-app');

let folder: string;
let server: ScreenServer;
let openUrl: string;
let browser: Browser;
let page: Page;
const requests: string[] = [];
const refusals: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'skygate-scanner-'));
  await build({
    root: join(gateApp, 'src/ui/scanner/testing'),
    configFile: join(gateApp, 'vite.config.ts'),
    logLevel: 'warn',
    build: { outDir: join(folder, 'ui'), emptyOutDir: true },
  });
  server = createScreenServer({
    api: {} as KioskApi,
    onStatus: () => () => undefined,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    uiFolder: join(folder, 'ui'),
    secret: { value: 'a'.repeat(64) },
  });
  const listening = await server.listen(0);
  if (!listening.ok) throw new Error('no free port');
  openUrl = listening.value.openUrl;
  const cameraVideo = join(folder, 'ticket.y4m');
  writeQrVideo(cameraVideo, CODE);
  browser = await startBrowser({ cameraVideo });
  page = await browser.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  page.on('request', (request) => requests.push(request.url()));
  page.on(
    'console',
    (message) => void (/Content Security Policy/.test(message.text()) && refusals.push(message.text())),
  );
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function open(query: string): Promise<void> {
  await page.goto(openUrl);
  await page.goto(`${new URL(openUrl).origin}/${query}`);
  await page.waitForSelector('#seen', { state: 'attached' });
}

const scan = (text: string, end: 'Enter' | null = 'Enter'): Promise<void> => typeAsScanner(page, text, end);

const seen = () => page.locator('#seen li').allTextContents();
const until = (read: () => Promise<unknown>) => expect.poll(read);

describe('the camera', () => {
  it('reads a ticket held up to it, through the worker and our own WASM', async () => {
    await open('?camera');
    await until(seen).toContain(`camera ${CODE}`);
    expect(await page.locator('#camera').textContent()).toContain('"library":"zxing-wasm"');
    const files = requests.filter((url) => url.startsWith('http'));
    expect(files.some((url) => url.endsWith('.wasm'))).toBe(true);
    expect(files.filter((url) => new URL(url).origin !== new URL(openUrl).origin)).toEqual([]);
    expect(refusals).toEqual([]);
  });

  it('reads it with the plain JavaScript reader by setting', async () => {
    await open('?camera&library=zxing-js');
    await until(seen).toContain(`camera ${CODE}`);
    expect(await page.locator('#camera').textContent()).toContain('"library":"zxing-js"');
  });

  it('reads it with the plain JavaScript reader where WASM does not load', async () => {
    await page.route('**/*.wasm', (route) => route.abort());
    await open('?camera');
    await until(seen).toContain(`camera ${CODE}`);
    expect(await page.locator('#camera').textContent()).toContain('"library":"zxing-js"');
    await page.unroute('**/*.wasm');
  });

  it('is switched off when the screen leaves it', async () => {
    await open('?camera');
    const track = await page.evaluateHandle(async () => {
      const video = document.querySelector('video');
      while (!(video?.srcObject instanceof MediaStream)) await new Promise((next) => setTimeout(next, 20));
      return video.srcObject.getTracks()[0];
    });
    await page.click('#off');
    await until(() => track.evaluate((live) => live?.readyState)).toBe('ended');
  });
});

describe('the hand scanner', () => {
  it('is heard wherever the focus is, and never writes into a field', async () => {
    await open('');
    await page.fill('#field', 'Aiperi');
    await page.focus('#field');
    await scan(CODE);
    await until(seen).toEqual([`wedge ${CODE}`]);
    expect([await page.inputValue('#field'), await page.textContent('#typed')]).toEqual(['Aiperi', 'Aiperi']);
  });

  it('presses no button that has the focus, though codes hold spaces and end with Enter', async () => {
    await open('');
    await page.focus('#press');
    await scan(CODE);
    await until(seen).toEqual([`wedge ${CODE}`]);
    expect(await page.textContent('#press')).toBe('0');
  });

  it('is heard without Enter, each scan by itself', async () => {
    await open('');
    await scan('A FOREIGN CODE', null);
    await until(seen).toEqual(['wedge A FOREIGN CODE']);
    await scan(CODE, null);
    await until(seen).toEqual(['wedge A FOREIGN CODE', `wedge ${CODE}`]);
  });

  it('leaves a person typing alone', async () => {
    await open('');
    await page.focus('#field');
    await page.keyboard.type('0555 123456', { delay: 70 });
    await page.keyboard.press('Enter');
    expect(await page.inputValue('#field')).toBe('0555 123456');
    expect(await seen()).toEqual([]);
  });
});
