import type { Log } from '../kiosk/ports.ts';
import type { UpdatePlan } from './update-plan.ts';

const CHECK_MS = 6 * 3600 * 1000;

/** Fetches new versions in the background; they are installed when the kiosk is closed, never while guests wait. */
export async function followUpdates({ feedUrl, channel }: UpdatePlan, log: Log): Promise<{ stop(): void }> {
  const { autoUpdater } = (await import('electron-updater')).default;
  autoUpdater.autoDownload = true;
  autoUpdater.autoInstallOnAppQuit = true;
  autoUpdater.allowDowngrade = false;
  autoUpdater.setFeedURL({ provider: 'generic', url: feedUrl, channel });
  const check = (): void => {
    autoUpdater.checkForUpdates().catch((error: unknown) => {
      log.warn({ error: String(error) }, 'no answer from the update feed');
    });
  };
  check();
  const timer = setInterval(check, CHECK_MS);
  return { stop: () => clearInterval(timer) };
}
