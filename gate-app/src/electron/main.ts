import { join } from 'node:path';
import { app, BrowserWindow, dialog, ipcMain, protocol, type Session, session, type WebContents } from 'electron';
import { readScreenFile } from '../kiosk/rpc/screen-files.ts';
import { contentSecurityPolicy, securityHeaders } from '../kiosk/rpc/security-headers.ts';
import { KIOSK_PORT, SCREENS_READY } from '../rpc-contract/rpc-wire.ts';
import { systemPorts } from '../system-ports.ts';
import { followUpdates } from './follow-updates.ts';
import { type KioskHost, startKioskHost } from './kiosk-host.ts';
import { APP_SCHEME, APP_URL, isForbiddenKey, isOwnPage, mayHave, mayNavigate, mayRequest } from './lock-down.ts';
import { updatePlan } from './update-plan.ts';
import { windowOptions } from './window-options.ts';

// Electron's main process: one locked window, and the kiosk in a process beside it. No kiosk logic.

const DIST_FOLDER = join(import.meta.dirname, '..');
const WINDOWED_FLAG = '--windowed';
const isWindowed = process.argv.includes(WINDOWED_FLAG);
const { log } = systemPorts(process.env['SKYGATE_LOG'] ?? 'warn');

if (app.requestSingleInstanceLock()) start();
else app.quit();

function start(): void {
  app.enableSandbox();
  protocol.registerSchemesAsPrivileged([
    { scheme: APP_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);
  app.on('web-contents-created', (_event, contents) => lockContents(contents));
  void app.whenReady().then(openKiosk);
}

async function openKiosk(): Promise<void> {
  lockSession(session.defaultSession);
  serveScreens(session.defaultSession);
  const host = startKioskHost({
    processPath: join(import.meta.dirname, 'kiosk', 'kiosk-process.js'),
    args: kioskArguments(),
    onRefused: (message) => {
      dialog.showErrorBox('Skygate', message);
      app.exit(1);
    },
    onRestarted: () => {
      for (const window of BrowserWindow.getAllWindows()) sendPort(window.webContents, host);
    },
  });
  ipcMain.on(SCREENS_READY, (event) => {
    if (event.senderFrame !== null && isOwnPage(event.senderFrame.url)) sendPort(event.sender, host);
  });
  stopWithKiosk(host);
  const window = openWindow();
  app.on('second-instance', () => window.focus());
  await startUpdates();
}

function openWindow(): BrowserWindow {
  const window = new BrowserWindow(
    windowOptions({
      isWindowed,
      preloadPath: join(import.meta.dirname, 'preload.cjs'),
      iconPath: app.isPackaged ? join(process.resourcesPath, 'icon.png') : join(DIST_FOLDER, '..', 'build', 'icon.png'),
    }),
  );
  window.removeMenu();
  window.once('ready-to-show', () => window.show());
  // A window whose process died shows nothing: the kiosk beside it has everything, so draw it again.
  window.webContents.on('render-process-gone', () => window.reload());
  void window.loadURL(APP_URL);
  return window;
}

/** The kiosk's own flags; its data lives with this user's, unless said otherwise. */
function kioskArguments(): readonly string[] {
  const own = process.argv.slice(app.isPackaged ? 1 : 2).filter((arg) => arg !== WINDOWED_FLAG);
  const isSet = own.some((arg) => arg.startsWith('--data')) || process.env['SKYGATE_KIOSK_DATA'] !== undefined;
  return isSet ? own : [...own, '--data', join(app.getPath('userData'), 'kiosk')];
}

function sendPort(contents: WebContents, host: KioskHost): void {
  contents.postMessage(KIOSK_PORT, null, [host.openPort()]);
}

function stopWithKiosk(host: KioskHost): void {
  let isStopped = false;
  app.on('before-quit', (event) => {
    if (isStopped) return;
    event.preventDefault();
    void host.stop().then(() => {
      isStopped = true;
      app.quit();
    });
  });
  app.on('window-all-closed', () => app.quit());
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => app.quit());
}

/** X1: decisions are in lock-down.ts; here they are asked. */
function lockContents(contents: WebContents): void {
  contents.on('will-frame-navigate', (event) => {
    if (!mayNavigate(event.url)) event.preventDefault();
  });
  contents.on('will-redirect', (event) => {
    if (!mayNavigate(event.url)) event.preventDefault();
  });
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  contents.on('before-input-event', (event, input) => {
    if (!isWindowed && isForbiddenKey(input)) event.preventDefault();
  });
}

function lockSession(locked: Session): void {
  locked.setPermissionRequestHandler((_contents, permission, callback, details) => {
    const mediaTypes = 'mediaTypes' in details ? (details.mediaTypes ?? []) : [];
    callback(mayHave({ permission, origin: details.requestingUrl, mediaTypes }));
  });
  locked.setPermissionCheckHandler((_contents, permission, origin, details) =>
    mayHave({ permission, origin, mediaTypes: details.mediaType === undefined ? [] : [details.mediaType] }),
  );
  locked.setDevicePermissionHandler(() => false);
  locked.webRequest.onBeforeRequest(({ url }, callback) => {
    const isDevTools = isWindowed && url.startsWith('devtools://');
    callback({ cancel: !isDevTools && !mayRequest(url) });
  });
  locked.on('will-download', (event) => event.preventDefault());
}

function serveScreens(served: Session): void {
  const headers = securityHeaders(contentSecurityPolicy({ connectTo: [] }));
  served.protocol.handle(APP_SCHEME, async (request) => {
    const file = isOwnPage(request.url)
      ? await readScreenFile(join(DIST_FOLDER, 'ui'), new URL(request.url).pathname)
      : null;
    if (file === null) return new Response('There is no such file.', { status: 404, headers });
    return new Response(file.bytes, { headers: { ...headers, 'content-type': file.type } });
  });
}

async function startUpdates(): Promise<void> {
  const plan = updatePlan(process.env);
  if (!plan.ok) log.error({ setting: plan.error }, 'no updates: the setting is wrong');
  else if (plan.value !== null && app.isPackaged) await followUpdates(plan.value, log);
}
