import { delimiter, join } from 'node:path';

/** What is asked of the machine to find a browser for a kiosk without Electron. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly exists: (path: string) => boolean;
}

/** The machine's own Chromium, Chrome or Edge, or null: none there, or no screen to show it on. Pure. */
export function findBrowser({ platform, env, exists }: Machine): string | null {
  if (platform === 'linux' && env['DISPLAY'] === undefined && env['WAYLAND_DISPLAY'] === undefined) return null;
  return placesOf(platform, env).find(exists) ?? null;
}

/**
 * A window of the kiosk's screens alone, with a profile of its own: nobody's extensions, history or sessions, and the
 * camera allowed once stays allowed.
 */
export function browserArguments(openUrl: string, profileFolder: string): readonly string[] {
  return [
    `--app=${openUrl}`,
    '--kiosk',
    `--user-data-dir=${profileFolder}`,
    '--no-first-run',
    '--no-default-browser-check',
    '--disable-session-crashed-bubble',
    '--disable-pinch',
    '--overscroll-history-navigation=0',
    '--autoplay-policy=no-user-gesture-required',
  ];
}

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'microsoft-edge-stable'];

function placesOf(platform: NodeJS.Platform, env: Machine['env']): readonly string[] {
  if (platform === 'darwin') {
    return ['Google Chrome', 'Chromium', 'Microsoft Edge'].map(
      (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
    );
  }
  if (platform === 'win32') {
    return [env['PROGRAMFILES'], env['PROGRAMFILES(X86)'], env['LOCALAPPDATA']].flatMap((folder) =>
      folder === undefined
        ? []
        : [join(folder, 'Google/Chrome/Application/chrome.exe'), join(folder, 'Microsoft/Edge/Application/msedge.exe')],
    );
  }
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
}
