import { expect, it } from 'vitest';
import { windowOptions } from './window-options.ts';

const options = (isWindowed: boolean) => windowOptions({ isWindowed, preloadPath: '/p.cjs', iconPath: '/i.png' });

it('X1: the window has no Node in it, a sandbox, and a world of its own', () => {
  for (const isWindowed of [true, false]) {
    expect(options(isWindowed).webPreferences).toMatchObject({
      preload: '/p.cjs',
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
    });
  }
});

it('X1: a kiosk fills its screen, cannot be closed and has no developer tools', () => {
  expect(options(false)).toMatchObject({
    kiosk: true,
    frame: false,
    closable: false,
    webPreferences: { devTools: false },
  });
});

it('a kiosk being set up has a window', () => {
  expect(options(true)).toMatchObject({ kiosk: false, frame: true, closable: true });
});
