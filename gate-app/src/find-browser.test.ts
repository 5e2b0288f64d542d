import { describe, expect, it } from 'vitest';
import { browserArguments, findBrowser } from './find-browser.ts';

const machine = (platform: NodeJS.Platform, files: readonly string[], env: Record<string, string>) => ({
  platform,
  env,
  exists: (path: string) => files.includes(path),
});

describe('findBrowser', () => {
  it('finds Chromium on the path, before Chrome', () => {
    const files = ['/usr/bin/google-chrome', '/opt/bin/chromium'];
    expect(findBrowser(machine('linux', files, { PATH: '/usr/bin:/opt/bin', DISPLAY: ':0' }))).toBe(
      '/opt/bin/chromium',
    );
  });

  it('finds none where there is no screen, or none is installed', () => {
    expect(findBrowser(machine('linux', ['/usr/bin/chromium'], { PATH: '/usr/bin' }))).toBeNull();
    expect(findBrowser(machine('linux', [], { PATH: '/usr/bin', WAYLAND_DISPLAY: 'wayland-0' }))).toBeNull();
    expect(findBrowser(machine('darwin', [], {}))).toBeNull();
    expect(findBrowser(machine('win32', [], {}))).toBeNull();
  });
});

it('a browser shows the screens alone, with a profile of its own', () => {
  const args = browserArguments('http://127.0.0.1:4810/?launch=x', '/data/browser');
  expect(args).toContain('--app=http://127.0.0.1:4810/?launch=x');
  expect(args).toContain('--kiosk');
  expect(args).toContain('--user-data-dir=/data/browser');
});
