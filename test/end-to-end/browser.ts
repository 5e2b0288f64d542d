import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const MACHINE_BROWSERS = [
  process.env['SKYGATE_CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--autoplay-policy=no-user-gesture-required',
  '--use-fake-ui-for-media-stream',
];

/** The machine's own Chromium, else the one that comes as an npm package. */
export async function chromiumPath(): Promise<string> {
  const own = MACHINE_BROWSERS.find((path) => path !== undefined && existsSync(path));
  if (own) return own;
  const packaged = await import('@sparticuz/chromium');
  return packaged.default.executablePath();
}

/** A real Chromium; with `cameraVideo`, its camera shows that YUV4MPEG2 file in a loop, otherwise it has none. */
export async function startBrowser(options: { readonly cameraVideo?: string } = {}): Promise<Browser> {
  const camera = options.cameraVideo
    ? ['--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${options.cameraVideo}`]
    : [];
  return chromium.launch({ executablePath: await chromiumPath(), args: [...ARGUMENTS, ...camera] });
}
